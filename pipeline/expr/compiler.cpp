#include "pipeline/expr/compiler.hpp"

#include <re2/re2.h>

#include "pipeline/expr/compiler_steps.hpp"
#include "pipeline/expr/parser.hpp"

namespace hiveframe::expr {

Code::Code() = default;
Code::~Code() = default;

std::shared_ptr<const Code> compile(const config::LocatedText& text, std::vector<Problem>& problems) {
  auto code = std::make_shared<Code>();
  code->text = text;
  Problem problem;
  const std::optional<AstTree> tree = parse(code->text.view(), problem);
  if (!tree) {
    problems.push_back(std::move(problem));
    return nullptr;
  }
  if (!CompilerSteps(*code, problems).run(*tree->root)) return nullptr;
  return code;
}

}  // namespace hiveframe::expr
