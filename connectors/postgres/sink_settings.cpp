#include "connectors/postgres/sink_settings.hpp"

#include <algorithm>

#include "config/option_table.hpp"
#include "connectors/postgres/client_options.hpp"
#include "connectors/postgres/identifier.hpp"
#include "connectors/postgres/postgres_sink.hpp"
#include "pipeline/connector_kind.hpp"
#include "pipeline/expr/option_types.hpp"

namespace hiveframe::connectors::postgres {
namespace {

using namespace config;

void check_names(SinkSettings& s, const GivenOptions& given, Reader& reader) {
  if (const std::string wrong = wrong_with_name(s.schema); !wrong.empty())
    reader.error(given.span("schema"), "schema " + quote(s.schema) + " " + wrong);
  if (!s.table) return;
  if (const std::optional<std::string> table = s.table->constant()) {
    if (const std::string wrong = wrong_with_name(*table); !wrong.empty())
      reader.error(given.span("table"), "table " + quote(*table) + " " + wrong);
    return;
  }
  s.table->call_it("the table");
  s.computed = {*s.table};
}

void check_columns(SinkSettings& s, const GivenOptions& given, Reader& reader) {
  for (const auto& [name, field] : s.columns) {
    if (const std::string wrong = wrong_with_name(name); !wrong.empty())
      reader.error(given.span("columns"), "column " + quote(name) + " " + wrong);
  }
  if (given.has("columns") && s.columns.empty())
    reader.error(given.span("columns"), "'columns' names no column",
                 "leave it out, and fields go by their names");
  if (!s.columns.empty() && given.has("extra_fields"))
    reader.error(given.name_span("extra_fields"), "'extra_fields' has no effect beside 'columns'",
                 "fields that 'columns' does not name are left out anyway");
  s.rules = {s.columns, s.extra_fields == ExtraFields::drop};
}

OptionType<ConflictRule> conflict_type() {
  return parsed<ConflictRule>(TypeInfo::text_like("what follows ON CONFLICT"),
                              [](const LocatedText& text, Reader& reader) -> std::optional<ConflictRule> {
                                std::string problem;
                                std::optional<ConflictRule> rule = parse_conflict_rule(text.view(), problem);
                                if (!rule)
                                  reader.error(text.span(), "the clause " + problem,
                                               "write it as in (id) DO UPDATE SET name = EXCLUDED.name");
                                return rule;
                              });
}

void check_mode(SinkSettings& s, const GivenOptions& given, Reader& reader) {
  if (s.mode == Mode::append) {
    for (const char* option : {"key_columns", "on_conflict"}) {
      if (given.has(option))
        reader.error(given.name_span(option), quote(option) + " has no effect with 'mode: append'",
                     "set 'mode: upsert'");
    }
    return;
  }
  if (s.key_columns.empty() && !s.on_conflict)
    reader.error(given.span("mode"), "an upsert needs 'key_columns'",
                 "name the columns that tell rows apart: 'key_columns: id'; or give 'on_conflict'");
  for (const std::string& key : s.key_columns) {
    const auto same = [&key](const auto& each) { return each.first == key; };
    if (!s.columns.empty() && std::none_of(s.columns.begin(), s.columns.end(), same))
      reader.error(given.span("key_columns"), "'columns' lacks " + quote(key) + ", a key column",
                   "say which field it is made of");
  }
}

}  // namespace

const OptionTable<SinkSettings>& sink_options() {
  static const OptionTable<SinkSettings> table = [] {
    using S = SinkSettings;
    OptionTable<S> t("postgres sink", "postgres", "Writes tables of PostgreSQL");
    t.add("table", &S::table, expr::template_type())
        .required()
        .help("The table, the same for all records or by the record; it has to be there")
        .example("orders_{{ record.country }}");
    t.add("schema", &S::schema, text()).help("The table's schema");
    t.add("mode", &S::mode, choice<Mode>({{"append", Mode::append}, {"upsert", Mode::upsert}}))
        .help(
            "append: rows are added; upsert: a row whose key is there already changes that row, and a "
            "deletion "
            "(meta.op is delete) deletes it");
    t.add("key_columns", &S::key_columns, one_or_list(text()))
        .help(
            "Of an upsert, the columns that tell rows apart, which need a unique index. What a record gives "
            "replaces what is there, columns that it lacks stay as they are")
        .example("[country, id]");
    t.add("on_conflict", &S::on_conflict, conflict_type())
        .help("Of an upsert, the clause of SQL itself; the table is also `t` there")
        .example("(id) DO UPDATE SET total = t.total + EXCLUDED.total");
    t.add("batch_size", &S::batch_size, integer(1, 10'000'000))
        .help("Records that are written at once, and committed together");
    t.add("columns", &S::columns, map(expr::field_path_type()))
        .help(
            "Which column is made of which field; columns that are not named get their default. Without it a "
            "field goes into the column of its name")
        .example("{id: order_id, country: customer.address.country}");
    t.add("extra_fields", &S::extra_fields,
          choice<ExtraFields>({{"reject", ExtraFields::reject}, {"drop", ExtraFields::drop}}))
        .help("A record with a field that the table has no column for: refused, or written without it");
    add_client_options(t);
    t.check({"table", "schema"}, check_names);
    t.check({"columns", "extra_fields"}, check_columns);
    t.check({"mode", "key_columns", "on_conflict", "columns"}, check_mode);
    t.uri({.schemes = {"postgresql", "postgres"},
           .user = "user",
           .password = "password",
           .host = "host",
           .path = "database"},
          "postgresql://writer@db.example.com:5432/warehouse?table=orders");
    return t;
  }();
  return table;
}

pipeline::SinkKind sink_kind() {
  pipeline::SinkKind kind = pipeline::sink_kind_of<PostgresSink>(sink_options());
  kind.not_transactional = "it does not store positions beside its rows";
  return kind;
}

}  // namespace hiveframe::connectors::postgres
