#include "pipeline/expr/template.hpp"

#include "pipeline/expr/conversion.hpp"
#include "pipeline/expr/lexer.hpp"
#include "pipeline/expr/place.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;

// Cuts a template into literal text and expressions.
class TemplateReader {
 public:
  TemplateReader(const config::LocatedText& text, std::vector<Problem>& problems)
      : text_(text), problems_(problems), literal_(text.span()) {}

  std::optional<std::vector<Template::Piece>> read() {
    const std::size_t problems = problems_.size();
    const std::string_view text = text_.view();
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t open = std::min(text.find("{{", at), text.size());
      literal_.append(text_, at, open - at);
      if (open == text.size()) break;
      if (text.substr(open, 4) == "{{{{") {
        literal_.append(text_, open, 2);
        at = open + 4;
        continue;
      }
      const std::optional<std::size_t> close = find_close(open);
      if (!close) return std::nullopt;
      expression(open + 2, *close);
      at = *close + 2;
    }
    end_literal();
    if (problems_.size() != problems) return std::nullopt;
    return std::move(pieces_);
  }

 private:
  // The `}}` that ends the expression, which may hold texts and maps with braces of their own.
  std::optional<std::size_t> find_close(std::size_t open) {
    const std::string_view rest = text_.view().substr(open + 2);
    Lexer lexer(rest);
    Problem problem;
    for (std::size_t depth = 0;;) {
      const std::optional<Token> token = lexer.next(problem);
      if (!token || token->kind == TokenKind::end) {
        // Without an end nobody knows what belongs to it: the missing end is the problem.
        const bool closed = !token && rest.find("}}") != std::string_view::npos;
        if (closed) {
          problem.begin += open + 2;
          problem.end += open + 2;
        } else {
          problem = {open, open + 2, "the '{{' is not closed",
                     "an expression stands in '{{ }}'; '{{{{' is a literal '{{'"};
        }
        problems_.push_back(std::move(problem));
        return std::nullopt;
      }
      if (token->kind == TokenKind::left_brace) ++depth;
      if (token->kind == TokenKind::right_brace) {
        if (depth == 0 && rest.substr(token->end, 1) == "}") return open + 2 + token->begin;
        if (depth > 0) --depth;
      }
    }
  }

  void expression(std::size_t begin, std::size_t end) {
    end_literal();
    const std::size_t first = problems_.size();
    std::optional<Program> program = Program::compile(text_.part(begin, end - begin), problems_);
    for (std::size_t i = first; i < problems_.size(); ++i) {
      problems_[i].begin += begin;
      problems_[i].end += begin;
    }
    pieces_.push_back({config::LocatedText(), std::move(program)});
  }

  void end_literal() {
    if (literal_.empty()) return;
    pieces_.push_back({std::move(literal_), std::nullopt});
    literal_ = config::LocatedText(text_.span());
  }

  const config::LocatedText& text_;
  std::vector<Problem>& problems_;
  config::LocatedText literal_;
  std::vector<Template::Piece> pieces_;
};

bool append(const Program& program, const std::string& what, const Value& value, record::Arena& arena,
            std::string& out, Failure& failure) {
  Value text;
  Fault fault;
  if (convert(FunctionId::to_string, value, arena, text, fault)) {
    out += text.text();
    return true;
  }
  failure.offset = 0;
  const bool is_no_text = fault.kind == Fault::Kind::no_overload;
  const std::string kind(short_name(type_of(value)));
  if (!is_no_text) {
    failure.message = describe(fault);
  } else {
    failure.message = what.empty() ? kind + " cannot stand in a text" : what + " is a " + kind;
  }
  failure.message += ' ';
  failure.message += describe_place(program.text(), program.text().view().find_first_not_of(" \t\r\n"));
  if (is_no_text && !what.empty()) failure.message += ", and no text, number or the like";
  return false;
}

}  // namespace

std::optional<Template> Template::compile(const config::LocatedText& text, std::vector<Problem>& problems) {
  std::optional<std::vector<Piece>> pieces = TemplateReader(text, problems).read();
  if (!pieces) return std::nullopt;
  return Template(std::move(*pieces));
}

Template::Template(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {}

bool Template::render(record::Draft& draft, const Inputs& inputs, std::string& out, Failure& failure) const {
  const std::size_t before = out.size();
  for (const Piece& piece : pieces_) {
    if (!piece.program) {
      out += piece.literal.view();
      continue;
    }
    Value value;
    if (!piece.program->evaluate(draft, inputs, value, failure) ||
        !append(*piece.program, what_, value, draft.arena(), out, failure)) {
      out.resize(before);
      return false;
    }
  }
  return true;
}

bool Template::render(record::Draft& draft, const Inputs& inputs, record::Arena& into, std::string_view& out,
                      Failure& failure) const {
  std::string text;
  if (!render(draft, inputs, text, failure)) return false;
  out = into.copy(text);
  return true;
}

bool Template::evaluate(record::Draft& draft, const Inputs& inputs, Value& result, Failure& failure) const {
  if (pieces_.size() == 1 && pieces_[0].program)
    return pieces_[0].program->evaluate(draft, inputs, result, failure);
  std::string_view text;
  if (!render(draft, inputs, draft.arena(), text, failure)) return false;
  result = Value::string(text);
  return true;
}

std::optional<std::string> Template::constant() const {
  std::string text;
  for (const Piece& piece : pieces_) {
    if (piece.program) return std::nullopt;
    text += piece.literal.view();
  }
  return text;
}

}  // namespace hiveframe::expr
