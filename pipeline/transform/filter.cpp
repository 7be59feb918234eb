#include "config/option_table.hpp"
#include "pipeline/expr/option_types.hpp"
#include "pipeline/transform/kinds.hpp"

namespace hiveframe::transform {
namespace {

struct FilterSettings {
  std::optional<expr::Program> condition;
};

const config::OptionTable<FilterSettings>& filter_options() {
  static const config::OptionTable<FilterSettings> table = [] {
    config::OptionTable<FilterSettings> t("filter transform", "filter",
                                          "Passes the records on for which a condition holds");
    t.add("condition", &FilterSettings::condition, expr::condition_type())
        .required()
        .help("Gives true or false for each record; anything else, null too, is that record's error")
        .example("record.status == 'paid'");
    t.compact("condition");
    return t;
  }();
  return table;
}

class Filter final : public pipeline::Transform {
 public:
  explicit Filter(FilterSettings settings) : condition_(std::move(*settings.condition)) {}

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext& context,
                          record::DataError& error) const override {
    bool holds = false;
    expr::Failure failure;
    if (!condition_.test(draft, context.inputs, holds, failure)) {
      error = {record::DataError::Type::expression, std::move(failure.message)};
      return pipeline::Verdict::reject;
    }
    return holds ? pipeline::Verdict::keep : pipeline::Verdict::drop;
  }

 private:
  expr::Program condition_;
};

constexpr Example examples[] = {
    {"filter: record.status == 'paid'", R"({"id": 1, "status": "paid"})", R"({"id": 1, "status": "paid"})"},
    {"filter: {condition: record.amount > 100}", R"({"id": 2, "amount": 99.5})", ""},
};

}  // namespace

TransformKind filter() { return kind_of<Filter>(filter_options(), examples); }

}  // namespace hiveframe::transform
