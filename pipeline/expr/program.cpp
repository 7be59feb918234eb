#include "pipeline/expr/program.hpp"

#include "pipeline/expr/advice.hpp"
#include "pipeline/expr/compiler.hpp"
#include "pipeline/expr/evaluator.hpp"
#include "pipeline/expr/place.hpp"

namespace hiveframe::expr {
namespace {

void explain(const Fault& fault, const Code& code, Failure& failure) {
  const config::LocatedText& text = code.text;
  failure.offset = fault.offset;
  // What went wrong names parts of the expression.
  failure.message = text.secret() ? "an expression failed, which is a secret" : describe(fault);
  failure.message.append(" ").append(describe_place(text, fault.offset));
  if (!text.secret()) failure.message.append(advice(fault, code));
}

}  // namespace

std::optional<Program> Program::compile(const config::LocatedText& text, std::vector<Problem>& problems) {
  std::shared_ptr<const Code> code = expr::compile(text, problems);
  if (!code) return std::nullopt;
  return Program(std::move(code));
}

bool Program::evaluate(record::Draft& draft, const Inputs& inputs, record::Value& result,
                       Failure& failure) const {
  Evaluator evaluator(*code_, &draft, inputs, draft.arena());
  if (evaluator.run(code_->root, result) &&
      (!code_->other_keys || evaluator.plain_keys(code_->root, result))) {
    return true;
  }
  explain(evaluator.fault(), *code_, failure);
  return false;
}

bool Program::test(record::Draft& draft, const Inputs& inputs, bool& result, Failure& failure) const {
  Evaluator evaluator(*code_, &draft, inputs, draft.arena());
  record::Value other;
  const Truth truth = evaluator.test(code_->root, other);
  result = truth == Truth::yes;
  if (truth <= Truth::yes) return true;
  if (truth == Truth::failed) {
    explain(evaluator.fault(), *code_, failure);
    return false;
  }
  Fault fault;
  fault.kind = Fault::Kind::not_condition;
  fault.node = code_->root;
  fault.name = "a condition";
  fault.operands[0] = other;
  explain(fault, *code_, failure);
  return false;
}

Type Program::type() const noexcept { return code_->type; }

const record::Value* Program::constant() const noexcept {
  const Node& root = code_->nodes[code_->root];
  return root.op == Op::constant ? &root.value : nullptr;
}

const config::LocatedText& Program::text() const noexcept { return code_->text; }

std::span<const Mention> Program::mentions() const noexcept { return code_->mentions; }

}  // namespace hiveframe::expr
