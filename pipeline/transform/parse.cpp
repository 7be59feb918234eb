#include <algorithm>
#include <memory>

#include "config/option_table.hpp"
#include "pipeline/codec/csv/fields.hpp"
#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/codec/option_types.hpp"
#include "pipeline/expr/named_groups.hpp"
#include "pipeline/expr/option_types.hpp"
#include "pipeline/expr/shown_value.hpp"
#include "pipeline/record/from_text.hpp"
#include "pipeline/transform/key_values.hpp"
#include "pipeline/transform/kinds.hpp"

namespace hiveframe::transform {
namespace {

using expr::FieldPath;
using record::DataError;
using record::Member;
using record::Value;

enum class Syntax { json, csv, key_value, regex };
enum class Values { text, guess };

struct ParseSettings {
  std::optional<FieldPath> field;
  Syntax format = Syntax::json;
  std::optional<FieldPath> into;
  bool merge = false;
  std::optional<std::string> pattern;
  std::vector<std::string> columns;
  std::optional<char> delimiter;
  std::optional<char> separator;
  Values values = Values::text;

  std::optional<expr::NamedGroups> groups;  ///< of `pattern`

  // Of format key_value.
  [[nodiscard]] char between_pairs() const { return delimiter.value_or(' '); }
  [[nodiscard]] char between_both() const { return separator.value_or('='); }
};

/// Reports options that stand beside a format they are not for.
void check_formats(ParseSettings& s, const config::GivenOptions& given, config::Reader& reader) {
  const auto only_with = [&](std::string_view option, std::initializer_list<Syntax> formats,
                             std::string_view names) {
    if (given.has(option) && std::find(formats.begin(), formats.end(), s.format) == formats.end()) {
      reader.error(given.name_span(option),
                   "'" + std::string(option) + "' is for format " + std::string(names) + " only");
    }
  };
  only_with("pattern", {Syntax::regex}, "regex");
  only_with("columns", {Syntax::csv}, "csv");
  only_with("delimiter", {Syntax::csv, Syntax::key_value}, "csv or key_value");
  only_with("separator", {Syntax::key_value}, "key_value");
  only_with("values", {Syntax::csv, Syntax::key_value, Syntax::regex}, "csv, key_value or regex");
}

void check_pattern(ParseSettings& s, const config::GivenOptions& given, config::Reader& reader) {
  if (s.format != Syntax::regex) return;
  if (!s.pattern) {
    reader.error(given.whole, "format 'regex' needs a 'pattern'",
                 "with a group of a name for each field: (?P<ip>\\S+)");
    return;
  }
  std::string problem;
  s.groups = expr::NamedGroups::compile(*s.pattern, problem);
  if (!s.groups) reader.error(given.span("pattern"), problem, "groups with names are written (?P<name>…)");
}

void check_columns(ParseSettings& s, const config::GivenOptions& given, config::Reader& reader) {
  if (s.format != Syntax::csv) return;
  if (s.columns.empty()) {
    reader.error(given.has("columns") ? given.span("columns") : given.whole, "format 'csv' needs 'columns'",
                 "write columns: [id, name]");
  }
  for (auto name = s.columns.begin(); name != s.columns.end(); ++name) {
    if (std::find(s.columns.begin(), name, *name) != name)
      reader.error(given.span("columns"), config::quote(*name) + " is named twice");
  }
}

void check_characters(ParseSettings& s, const config::GivenOptions& given, config::Reader& reader) {
  for (const char* option : {"delimiter", "separator"}) {
    if ((option == std::string_view("delimiter") ? s.delimiter : s.separator) == '"')
      reader.error(given.span(option), "'\"' stands around values, and cannot separate them");
  }
  if (s.format == Syntax::key_value && s.between_pairs() == s.between_both()) {
    reader.error(given.has("separator") ? given.span("separator") : given.span("delimiter"),
                 "'delimiter' and 'separator' are the same", "give two different characters");
  }
}

const config::OptionTable<ParseSettings>& parse_options() {
  static const config::OptionTable<ParseSettings> table = [] {
    using S = ParseSettings;
    config::OptionTable<S> t("parse transform", "parse",
                             "Reads the text in a field; text that does not fit is that record's error");
    t.add("field", &S::field, expr::field_path_type())
        .required()
        .help("Where the text stands; null and what is absent stay so")
        .example("message");
    t.add("format", &S::format,
          config::choice<Syntax>({{"json", Syntax::json},
                                  {"csv", Syntax::csv},
                                  {"key_value", Syntax::key_value},
                                  {"regex", Syntax::regex}}))
        .help(
            "What the text is: a JSON value, a row of CSV, pairs like level=info, or what a pattern finds in "
            "it");
    t.add("into", &S::into, expr::field_path_type())
        .default_note("the field itself")
        .help("Where the result goes")
        .example("request");
    t.add("merge", &S::merge, config::boolean())
        .help(
            "Puts the fields found into the record itself, in place of any of the same name, and takes the "
            "text away");
    t.add("pattern", &S::pattern, config::text())
        .help("A regular expression (RE2); its groups with names become fields")
        .example("'^(?P<ip>\\S+) (?P<status>\\d+)$'");
    t.add("columns", &S::columns, config::one_or_list(config::text()))
        .help("The names of a row's fields")
        .example("[id, name]");
    t.add("delimiter", &S::delimiter, codec::separator_type())
        .default_note("',' of csv, a space of key_value")
        .help("What stands between fields or pairs");
    t.add("separator", &S::separator, codec::separator_type())
        .default_note("'='")
        .help("What stands between a name and its value");
    t.add("values", &S::values, config::choice<Values>({{"text", Values::text}, {"guess", Values::guess}}))
        .help("guess: what looks like a number or a truth value becomes one");
    t.compact("field");
    t.check({"format"}, check_formats);
    t.check({"into", "merge"}, [](S& s, const config::GivenOptions& given, config::Reader& reader) {
      if (s.merge && s.into)
        reader.error(given.name_span("merge"), "'merge' cannot be given together with 'into'",
                     "leave one out");
    });
    t.check({"format", "pattern"}, check_pattern);
    t.check({"format", "columns"}, check_columns);
    t.check({"format", "delimiter", "separator"}, check_characters);
    return t;
  }();
  return table;
}

class Parse final : public pipeline::Transform {
 public:
  explicit Parse(ParseSettings settings) : settings_(std::move(settings)) {
    pairs_.between_pairs = settings_.between_pairs();
    pairs_.between_both = settings_.between_both();
  }

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext&,
                          DataError& error) const override {
    const std::optional<Value> found = settings_.field->get(draft);
    if (!found || found->is_null()) return pipeline::Verdict::keep;
    if (!found->is(record::Kind::string)) {
      error = {DataError::Type::value, "cannot parse '" + settings_.field->str() + "': it is " +
                                           expr::shown_type(*found) + ", not text"};
      return pipeline::Verdict::reject;
    }
    Value parsed;
    Value root;
    if (!parse(found->text(), draft.arena(), parsed, error)) {
      error.message = "cannot parse '" + settings_.field->str() + "': " + error.message;
      return pipeline::Verdict::reject;
    }
    root = draft.value();
    if (!put(root, parsed, draft.arena(), error)) return pipeline::Verdict::reject;
    draft.replace(root);
    return pipeline::Verdict::keep;
  }

 private:
  bool parse(std::string_view text, record::Arena& arena, Value& parsed, DataError& error) const {
    switch (settings_.format) {
      case Syntax::json: {
        codec::json::ExactReader reader("text");
        return reader.read(text, arena, parsed, error);
      }
      case Syntax::csv:
        return parse_row(text, arena, parsed, error);
      case Syntax::regex:
        return match(text, arena, parsed, error);
      case Syntax::key_value:
        break;
    }
    std::vector<Member> members;
    if (!read_key_values(text, pairs_, arena, members, error)) return false;
    for (Member& member : members)
      if (member.value.is(record::Kind::string)) member.value = value_of(member.value.text());
    parsed = object_of(members, arena);
    return true;
  }

  bool parse_row(std::string_view text, record::Arena& arena, Value& parsed, DataError& error) const {
    constexpr char quote = '"';
    std::vector<codec::csv::Field> fields;
    if (!codec::csv::split(text, settings_.delimiter.value_or(','), quote, fields, error)) return false;
    if (fields.size() != settings_.columns.size()) {
      error = {DataError::Type::value, codec::csv::wrong_width(fields.size(), settings_.columns.size())};
      return false;
    }
    const std::span<Member> members = arena.array<Member>(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::string_view field = text_of(fields[i], quote, arena);
      const bool is_null = !fields[i].quoted && field.empty();
      members[i] = {settings_.columns[i], is_null            ? Value()
                                          : fields[i].quoted ? Value::string(field)
                                                             : value_of(field)};
    }
    parsed = Value::object(members);
    return true;
  }

  bool match(std::string_view text, record::Arena& arena, Value& parsed, DataError& error) const {
    std::vector<std::string_view> found;
    if (!settings_.groups->find(text, found)) {
      error = {DataError::Type::value, "the pattern does not match " + expr::shown(Value::string(text))};
      return false;
    }
    const std::span<Member> members = arena.array<Member>(found.size());
    for (std::size_t i = 0; i < found.size(); ++i)
      members[i] = {settings_.groups->names()[i], found[i].data() != nullptr ? value_of(found[i]) : Value()};
    parsed = Value::object(members);
    return true;
  }

  [[nodiscard]] Value value_of(std::string_view text) const {
    return settings_.values == Values::guess ? record::guess_from_text(text) : Value::string(text);
  }

  static Value object_of(const std::vector<Member>& from, record::Arena& arena) {
    const std::span<Member> members = arena.array<Member>(from.size());
    std::copy(from.begin(), from.end(), members.begin());
    return Value::object(members);
  }

  bool put(Value& root, const Value& parsed, record::Arena& arena, DataError& error) const {
    const FieldPath& into = settings_.into ? *settings_.into : *settings_.field;
    if (!settings_.merge) return into.set(root, parsed, arena, error);
    if (!parsed.is(record::Kind::object) || !root.is(record::Kind::object)) {
      error = {DataError::Type::value,
               "what was found in '" + settings_.field->str() + "' has no fields to merge"};
      return false;
    }
    settings_.field->remove(root, arena);
    std::vector<Member> members(root.members().begin(), root.members().end());
    for (const Member& member : parsed.members()) {
      const std::size_t at = record::position(members, member.name);
      if (at < members.size()) {
        members[at].value = member.value;
      } else {
        members.push_back(member);
      }
    }
    root = object_of(members, arena);
    return true;
  }

  ParseSettings settings_;
  KeyValueSyntax pairs_;
};

constexpr Example examples[] = {
    {R"(parse:
  field: message
  format: regex
  pattern: '^(?P<method>[A-Z]+) (?P<path>\S+) (?P<status>\d+)$'
  values: guess
  into: request)",
     R"({"message": "GET /index 200"})",
     R"({"message": "GET /index 200", "request": {"method": "GET", "path": "/index", "status": 200}})"},
    {"parse: body", R"({"body": "{\"id\": 1}"})", R"({"body": {"id": 1}})"},
    {"parse: {field: row, format: csv, delimiter: ';', columns: [id, name], merge: true}",
     R"({"at": 5, "row": "1;\"Ada; Countess\""})", R"({"at": 5, "id": "1", "name": "Ada; Countess"})"},
    {"parse: {field: line, format: key_value, separator: '='}",
     R"({"line": "level=warn msg=\"disk full\" retry"})",
     R"({"line": {"level": "warn", "msg": "disk full", "retry": true}})"},
};

}  // namespace

TransformKind parse() { return kind_of<Parse>(parse_options(), examples); }

}  // namespace hiveframe::transform
