#include "config/option_table.hpp"
#include "pipeline/expr/option_types.hpp"
#include "pipeline/transform/fields_apart.hpp"
#include "pipeline/transform/kinds.hpp"

namespace hiveframe::transform {
namespace {

using Assignment = std::pair<expr::FieldPath, expr::Program>;

struct DefaultSettings {
  std::vector<Assignment> fields;
};

const config::OptionTable<DefaultSettings>& default_options() {
  static const config::OptionTable<DefaultSettings> table = [] {
    config::OptionTable<DefaultSettings> t(
        "default transform", "default",
        "Sets fields that are null or absent; all expressions see the record as it came in");
    t.free_keys(&DefaultSettings::fields, expr::field_path_type(), expr::expression_type(),
                "What the field is where it is missing");
    t.check({}, [](DefaultSettings& settings, const config::GivenOptions& given, config::Reader& reader) {
      if (settings.fields.empty() && !given.damaged) {
        reader.error(given.whole, "'default' has nothing to set",
                     "write it as 'default: {status: \"'open'\"}'");
      }
      check_fields_apart(settings.fields, given, reader, "set");
    });
    return t;
  }();
  return table;
}

class Default final : public pipeline::Transform {
 public:
  explicit Default(DefaultSettings settings) : fields_(std::move(settings.fields)) {}

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext& context,
                          record::DataError& error) const override {
    const std::span<record::Value> values = draft.arena().array<record::Value>(fields_.size());
    const std::span<bool> missing = draft.arena().array<bool>(fields_.size());
    bool any = false;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const std::optional<record::Value> present = fields_[i].first.get(draft);
      missing[i] = !present || present->is_null();
      if (!missing[i]) continue;
      any = true;
      expr::Failure failure;
      if (!fields_[i].second.evaluate(draft, context.inputs, values[i], failure)) {
        error = {record::DataError::Type::expression, std::move(failure.message)};
        return pipeline::Verdict::reject;
      }
    }
    if (!any) return pipeline::Verdict::keep;
    record::Value root = draft.value();
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (missing[i] && !fields_[i].first.set(root, values[i], draft.arena(), error))
        return pipeline::Verdict::reject;
    }
    draft.replace(root);
    return pipeline::Verdict::keep;
  }

 private:
  std::vector<Assignment> fields_;
};

constexpr Example examples[] = {
    {R"(default:
  status: "'open'"
  total: record.price * record.quantity)",
     R"({"price": 5, "quantity": 3, "status": null})",
     R"({"price": 5, "quantity": 3, "status": "open", "total": 15})"},
};

}  // namespace

TransformKind default_value() { return kind_of<Default>(default_options(), examples); }

}  // namespace hiveframe::transform
