#include "connectors/postgres/sink_settings.hpp"

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
    t.add("mode", &S::mode, choice<Mode>({{"append", Mode::append}})).help("append: rows are added, by COPY");
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
