#include "config/option_table.hpp"
#include "pipeline/expr/option_types.hpp"
#include "pipeline/expr/shown_value.hpp"
#include "pipeline/transform/cast_value.hpp"
#include "pipeline/transform/fields_apart.hpp"
#include "pipeline/transform/kinds.hpp"

namespace hiveframe::transform {
namespace {

using expr::FieldPath;
using record::Value;

struct TypeWord {
  std::string_view word;
  CastType type;
  std::string_view article;
};

constexpr TypeWord words[] = {
    {"string", CastType::string, "a string"},
    {"int", CastType::integer, "an int"},
    {"uint", CastType::unsigned_integer, "a uint"},
    {"double", CastType::float64, "a double"},
    {"decimal", CastType::decimal, "a decimal"},
    {"bool", CastType::boolean, "a bool"},
    {"timestamp", CastType::timestamp, "a timestamp"},
    {"timestamp_ms", CastType::timestamp_ms, "a timestamp in milliseconds"},
    {"date", CastType::date, "a date"},
    {"duration", CastType::duration, "a duration"},
};

struct CastSettings {
  std::vector<std::pair<FieldPath, CastType>> fields;
};

void check(CastSettings& settings, const config::GivenOptions& given, config::Reader& reader) {
  const auto& fields = settings.fields;
  if (fields.empty() && !given.damaged)
    reader.error(given.whole, "'cast' has nothing to cast", "write it as 'cast: {amount: decimal}'");
  check_fields_apart(fields, given, reader, "cast");
}

const config::OptionTable<CastSettings>& cast_options() {
  static const config::OptionTable<CastSettings> table = [] {
    std::vector<std::pair<std::string, CastType>> choices;
    for (const TypeWord& each : words)
      choices.emplace_back(each.word, each.type);
    config::OptionTable<CastSettings> t(
        "cast transform", "cast",
        "Makes fields the types given; a value that does not fit is that record's error");
    t.free_keys(&CastSettings::fields, expr::field_path_type(), config::choice(std::move(choices)),
                "The field's type; null and what is absent stay so, and nothing is rounded but to a double");
    t.check({}, check);
    return t;
  }();
  return table;
}

class Cast final : public pipeline::Transform {
 public:
  explicit Cast(CastSettings settings) : fields_(std::move(settings.fields)) {}

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext&,
                          record::DataError& error) const override {
    record::Value root;
    bool changed = false;
    for (const auto& [field, type] : fields_) {
      const std::optional<Value> value = field.get(draft);
      if (!value || value->is_null()) continue;
      const std::optional<Value> made = cast(*value, type, draft.arena());
      if (!made) {
        error = {record::DataError::Type::value, "cannot cast '" + field.str() + "': " + expr::shown(*value) +
                                                     " is not " + std::string(article(type))};
        return pipeline::Verdict::reject;
      }
      // Most values of a sound record are what they should be, and then its bytes pass as they came.
      if (made->kind() == value->kind()) continue;
      if (!changed) root = draft.value();
      changed = true;
      if (!field.set(root, *made, draft.arena(), error)) return pipeline::Verdict::reject;
    }
    if (changed) draft.replace(root);
    return pipeline::Verdict::keep;
  }

 private:
  static std::string_view article(CastType type) {
    for (const TypeWord& each : words)
      if (each.type == type) return each.article;
    return "";
  }

  std::vector<std::pair<FieldPath, CastType>> fields_;
};

constexpr Example examples[] = {
    {"cast:\n"
     "  amount: decimal\n"
     "  customer.since: date",
     R"({"amount": "007.50", "customer": {"since": "2024-02-29T12:00:00Z"}})",
     R"({"amount": 7.5, "customer": {"since": "2024-02-29"}})"},
    {"cast: {id: string, count: int, n: uint, price: double, paid: bool, at: timestamp}",
     R"({"id": 7, "count": "012", "n": 3.0, "price": "1.5", "paid": "yes", "at": "2024-02-29 12:00:00Z"})",
     R"({"id": "7", "count": 12, "n": 3, "price": 1.5, "paid": true, "at": "2024-02-29T12:00:00Z"})"},
    {"cast: {ms: timestamp_ms, took: duration}", R"({"ms": 1709210096250, "took": "1m30s"})",
     R"({"ms": "2024-02-29T12:34:56.250Z", "took": "90s"})"},
};

}  // namespace

TransformKind cast() { return kind_of<Cast>(cast_options(), examples); }

}  // namespace hiveframe::transform
