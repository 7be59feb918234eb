#include "pipeline/expr/option_types.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "config/did_you_mean.hpp"
#include "config/interpolation.hpp"
#include "config/yaml_line.hpp"

namespace hiveframe::expr {
namespace {

const config::TypeInfo expression_info = config::TypeInfo::text_like("an expression");
const config::TypeInfo condition_info = config::TypeInfo::text_like("a condition (an expression)");
const config::TypeInfo template_info = config::TypeInfo::text_like("text, also with {{ expressions }}");
const config::TypeInfo path_info = config::TypeInfo::text_like("a field path");

// How problems begin that get another hint here.
constexpr std::string_view unknown_variable = "unknown variable ";
constexpr std::string_view quote_not_closed = "the quote is not closed";

// A problem quotes the text, and says what a name in it may have meant: of a secret, only where it stands.
void report(const config::LocatedText& text, std::vector<Problem> problems, config::Reader& reader) {
  for (Problem& each : problems) {
    if (text.secret()) {
      each.message = "what this secret holds is not right here";
      each.hint = "write the text itself here, with '${…}' for nothing but the secret part of it";
    }
    reader.error(text.span(each.begin, each.end), std::move(each.message), std::move(each.hint));
  }
}

// `${…}` is settled before any record is read, an expression for each record.
bool has_reference(const config::LocatedText& text, config::Reader& reader) {
  const std::vector<config::Reference> references = config::find_references(text.view());
  for (const config::Reference& each : references) {
    reader.error(text.span(each.begin, std::min(each.end, text.size())),
                 "'${' has no meaning inside an expression", "use env.NAME");
  }
  return !references.empty();
}

// `$${` in one of its texts is `${`. It was sound as it was written, so that every place of it is right.
bool unescape(Program& program, config::Reader& reader) {
  if (program.text().view().find("$${") == std::string_view::npos) return true;
  std::optional<Program> meant = parse_expression(config::without_escapes(program.text()), reader);
  if (!meant) return false;
  program = std::move(*meant);
  return true;
}

// Metadata that the source never gives would be null for each record.
bool check_members(const Program& program, config::Reader& reader) {
  std::vector<Problem> problems;
  for (const Mention& each : program.mentions()) {
    const std::vector<std::string>* members = reader.members_of(each.variable);
    if (members == nullptr || each.member.empty() ||
        std::find(members->begin(), members->end(), each.member) != members->end())
      continue;
    problems.push_back(
        {each.begin, each.end,
         "the source has no " + std::string(each.variable) + "." + std::string(each.member),
         members->empty() ? std::string("it gives none") : config::did_you_mean(each.member, *members)});
  }
  const bool sound = problems.empty();
  report(program.text(), std::move(problems), reader);
  return sound;
}

}  // namespace

std::optional<Program> parse_expression(const config::LocatedText& text, config::Reader& reader) {
  std::vector<Problem> problems;
  std::optional<Program> program = Program::compile(text, problems);
  if (const std::size_t braces = text.view().find("{{"); !program && braces != std::string_view::npos) {
    problems = {{braces, braces + 2, "an expression stands here without '{{ }}'",
                 "write " + config::without_braces(text.view())}};
  }
  for (Problem& each : problems)
    if (each.message == quote_not_closed && config::comment_follows(text.span()))
      each.hint = "' #' begins a comment in YAML: quote the whole value";
  report(text, std::move(problems), reader);
  if (program && !check_members(*program, reader)) return std::nullopt;
  return program;
}

std::optional<Program> parse_condition(const config::LocatedText& text, config::Reader& reader) {
  std::optional<Program> program = parse_expression(text, reader);
  if (program && program->type() != Type::dyn && program->type() != Type::boolean) {
    reader.error(text.span(0, text.size()),
                 "a condition needs true or false, not " + std::string(short_name(program->type())));
    return std::nullopt;
  }
  return program;
}

std::optional<Template> parse_template(const config::LocatedText& text, config::Reader& reader,
                                       const std::string& variables) {
  std::vector<Problem> problems;
  std::optional<Template> parsed = Template::compile(text, problems);
  for (Problem& each : problems)
    if (!variables.empty() && each.message.starts_with(unknown_variable)) each.hint = variables;
  report(text, std::move(problems), reader);
  if (!parsed) return std::nullopt;
  bool sound = true;
  std::vector<Template::Piece> pieces = parsed->pieces();
  for (Template::Piece& piece : pieces) {
    if (piece.program) {
      sound &= !has_reference(piece.program->text(), reader) && check_members(*piece.program, reader) &&
               unescape(*piece.program, reader);
      continue;
    }
    std::optional<config::LocatedText> settled =
        config::interpolate(piece.literal, reader.environment(), reader.diagnostics());
    if (settled && settled->secret() && !text.secret()) {
      reader.refuse_secret(text.span());
      sound = false;
    } else if (settled) {
      piece.literal = std::move(*settled);
    } else {
      sound = false;
    }
  }
  if (!sound) return std::nullopt;
  return Template(std::move(pieces));
}

std::optional<FieldPath> parse_field_path(const config::LocatedText& text, config::Reader& reader) {
  Problem problem;
  std::optional<FieldPath> path = FieldPath::parse(text.view(), problem);
  // The slip of those who have just written an expression; a field of that name can be said in brackets.
  const std::string_view beginning = "record";
  if (path && path->steps().size() > 1 && text.view().starts_with(beginning)) {
    std::vector<FieldPath::Step> below(path->steps().begin() + 1, path->steps().end());
    if (path->steps().front().name == beginning && !below.front().is_index) {
      problem = {0, beginning.size(), "a field path begins in the record, without 'record'",
                 "write " + FieldPath(std::move(below)).str() +
                     "; below a field of that name it is ['record']" + text.str().substr(beginning.size())};
      path.reset();
    }
  }
  if (!path) report(text, {std::move(problem)}, reader);
  return path;
}

config::OptionType<Program> expression_type() {
  return config::expression<Program>(expression_info, parse_expression);
}

config::OptionType<Program> condition_type() {
  return config::expression<Program>(condition_info, parse_condition);
}

config::OptionType<Template> template_type() {
  return config::custom<Template>(
      template_info, [](const config::Node& node, config::Reader& reader) -> std::optional<Template> {
        if (node.is_scalar()) return parse_template(node.text(), reader);
        reader.wrong_type(node, template_info);
        return std::nullopt;
      });
}

config::OptionType<FieldPath> field_path_type() {
  return config::parsed<FieldPath>(path_info, parse_field_path);
}

}  // namespace hiveframe::expr
