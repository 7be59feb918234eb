#include "pipeline/csv_options.hpp"

#include <algorithm>

#include "config/did_you_mean.hpp"
#include "config/option_table.hpp"
#include "pipeline/codec/csv/format.hpp"
#include "pipeline/codec/option_types.hpp"
#include "pipeline/expr/option_types.hpp"

namespace hiveframe::pipeline {
namespace {

using codec::csv::Dialect;
using codec::csv::FieldType;
using codec::csv::LineEnd;
using codec::csv::Output;
using codec::csv::OutputColumn;
using record::Kind;
using namespace config;

/// A field path whose steps are names.
OptionType<OutputColumn> column_type() {
  OptionType<expr::FieldPath> path = expr::field_path_type();
  OptionType<OutputColumn> type;
  type.info = path.info;
  type.read = [read = std::move(path.read)](const Node& node, Reader& reader) -> std::optional<OutputColumn> {
    const std::optional<expr::FieldPath> field = read(node, reader);
    if (!field) return std::nullopt;
    OutputColumn column{field->str(), {}};
    for (const expr::FieldPath::Step& step : field->steps()) {
      if (step.is_index) {
        reader.error(node.span(), "a column cannot be an item of a list",
                     "set a field to it before, and name that");
        return std::nullopt;
      }
      column.path.push_back(step.name);
    }
    return column;
  };
  return type;
}

OptionType<FieldType> field_type() {
  return choice<FieldType>({{"text", {Kind::string}},
                            {"guess", {std::nullopt}},
                            {"int", {Kind::int64}},
                            {"uint", {Kind::uint64}},
                            {"double", {Kind::float64}},
                            {"decimal", {Kind::decimal}},
                            {"bool", {Kind::boolean}},
                            {"timestamp", {Kind::timestamp}},
                            {"date", {Kind::date}},
                            {"duration", {Kind::duration}}});
}

template <typename S>
void add_dialect(OptionTable<S>& t, std::optional<char> S::*delimiter, char S::*quote_character,
                 bool S::*header, std::string S::*null) {
  t.add("delimiter", delimiter, codec::separator_type())
      .default_note("',', or a tab for files named .tsv")
      .help("What stands between fields; a tab is \"\\t\"")
      .example("';'");
  t.add("quote", quote_character, codec::separator_type())
      .help("What stands around fields that hold a delimiter or an end of line");
  t.add("header", header, boolean()).help("The first row names the columns");
  t.add("null_token", null, text(Empty::allowed))
      .help("A field with this text and without quotes is null")
      .example("'\\N'");
  t.check({"delimiter", "quote"}, [](S& s, const GivenOptions& given, Reader& reader) {
    if (s.delimiter.value_or(',') != s.quote) return;
    reader.error(given.span(given.has("quote") ? "quote" : "delimiter"),
                 "'delimiter' and 'quote' are the same", "give two different characters");
  });
  t.check({"delimiter", "quote", "null_token"}, [](S& s, const GivenOptions& given, Reader& reader) {
    if (s.null.find_first_of(std::string{s.delimiter.value_or(','), s.quote, '\n', '\r'}) ==
        std::string::npos)
      return;
    reader.error(given.span("null_token"),
                 "the text for null cannot hold a delimiter, a quote or an end of line");
  });
}

void check_names(const std::vector<std::string>& names, const GivenOptions& given, Reader& reader) {
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (std::find(names.begin(), name, *name) != name)
      reader.error(given.span("columns"), quote(*name) + " is named twice", "columns have different names");
  }
}

OptionTable<Dialect> input_options() {
  using S = Dialect;
  OptionTable<S> t("csv section", "", "How rows are read");
  add_dialect(t, &S::delimiter, &S::quote, &S::header, &S::null);
  t.add("columns", &S::columns, one_or_list(text()))
      .default_note("column_1, column_2 and so on")
      .help("The columns' names where there is no header")
      .example("[id, name]");
  t.add("values", &S::type, field_type())
      .help("What fields become; guess: a number or a truth value where it looks like one, else text");
  t.add("types", &S::types, map(text(), field_type()))
      .help("The same for single columns, which must be there; a field that does not fit makes its row bad")
      .example("{id: int, at: timestamp}");
  t.check({"columns"},
          [](S& s, const GivenOptions& given, Reader& reader) { check_names(s.columns, given, reader); });
  t.check({"header", "columns"}, [](S& s, const GivenOptions& given, Reader& reader) {
    if (!s.header || s.columns.empty()) return;
    reader.error(given.name_span("columns"), "'columns' cannot be given together with a header",
                 "set 'header: false', or let the header name them");
  });
  t.check({"columns", "types"}, [](S& s, const GivenOptions& given, Reader& reader) {
    for (const auto& [column, type] : s.types) {
      if (s.columns.empty() || std::ranges::find(s.columns, column) != s.columns.end()) continue;
      reader.error(given.span("types"), "there is no column " + quote(column),
                   did_you_mean(column, s.columns));
    }
  });
  return t;
}

struct OutputSettings {
  std::optional<char> delimiter;
  char quote = '"';
  bool header = true;
  std::string null;
  std::vector<OutputColumn> columns;
  LineEnd line_end = LineEnd::lf;
};

OptionTable<OutputSettings> output_options() {
  using S = OutputSettings;
  OptionTable<S> t("csv section", "", "How rows are written");
  add_dialect(t, &S::delimiter, &S::quote, &S::header, &S::null);
  t.add("columns", &S::columns, one_or_list(column_type()))
      .required()
      .help("The fields that make a row; what else a record holds is left out")
      .example("[id, customer.name]");
  t.add("line_end", &S::line_end, choice<LineEnd>({{"lf", LineEnd::lf}, {"crlf", LineEnd::crlf}}))
      .help("What ends a row; crlf, as RFC 4180 has it, for readers that insist on it. Both are read");
  t.check({"columns"}, [](S& s, const GivenOptions& given, Reader& reader) {
    std::vector<std::string> names;
    for (const OutputColumn& column : s.columns)
      names.push_back(column.name);
    check_names(names, given, reader);
  });
  return t;
}

bool is_csv(const codec::Format* format) { return format != nullptr && format->name == "csv"; }

}  // namespace

OptionType<Dialect> csv_input_type() { return section(input_options()); }

OptionType<Output> csv_output_type() {
  OptionType<OutputSettings> settings = section(output_options());
  OptionType<Output> type;
  type.info = settings.info;
  type.read = [read = std::move(settings.read)](const Node& node, Reader& reader) -> std::optional<Output> {
    std::optional<OutputSettings> s = read(node, reader);
    if (!s) return std::nullopt;
    Output output;
    output.dialect.delimiter = s->delimiter;
    output.dialect.quote = s->quote;
    output.dialect.header = s->header;
    output.dialect.null = std::move(s->null);
    output.columns = std::move(s->columns);
    output.line_end = s->line_end;
    return output;
  };
  return type;
}

void check_csv_beside(const codec::Format* format, const GivenOptions& given, Reader& reader) {
  if (!given.has("csv") || is_csv(format)) return;
  reader.error(given.name_span("csv"),
               format == nullptr ? "'csv' needs the format to be named"
                                 : "'csv' is for format csv, not " + std::string(format->name),
               "set 'format: csv', or leave it out");
}

const codec::Format* csv_input_format(const codec::Format* format, const std::optional<Dialect>& csv,
                                      std::shared_ptr<const codec::Format>& made, const GivenOptions& given,
                                      Reader& reader) {
  check_csv_beside(format, given, reader);
  if (!csv || !is_csv(format)) return format;
  made = std::make_shared<const codec::Format>(codec::csv::input_format(*csv));
  return made.get();
}

const codec::Format* csv_output_format(const codec::Format* format, const std::optional<Output>& csv,
                                       std::string_view file_name, std::shared_ptr<const codec::Format>& made,
                                       const GivenOptions& given, Reader& reader) {
  check_csv_beside(format, given, reader);
  if (!is_csv(format)) return format;
  if (!csv) {
    reader.error(given.has("format") ? given.span("format") : given.whole,
                 "rows of CSV need to know their columns", "add csv: {columns: [id, name]}");
    return format;
  }
  made = std::make_shared<const codec::Format>(codec::csv::output_format(*csv, file_name));
  return made.get();
}

}  // namespace hiveframe::pipeline
