#include "config/option_table.hpp"
#include "pipeline/expr/option_types.hpp"
#include "pipeline/transform/fields_apart.hpp"
#include "pipeline/transform/kinds.hpp"

namespace hiveframe::transform {
namespace {

using Assignment = std::pair<expr::FieldPath, expr::Template>;

struct FormatSettings {
  std::vector<Assignment> fields;
};

const config::OptionTable<FormatSettings>& format_options() {
  static const config::OptionTable<FormatSettings> table = [] {
    config::OptionTable<FormatSettings> t(
        "format transform", "format",
        "Sets fields to text with {{ expressions }}; all see the record as it came in");
    t.free_keys(
        &FormatSettings::fields, expr::field_path_type(), expr::template_type(),
        "The field's text; an expression in it that gives null, a list or an object is that record's error");
    t.check({}, [](FormatSettings& settings, const config::GivenOptions& given, config::Reader& reader) {
      if (settings.fields.empty() && !given.damaged)
        reader.error(given.whole, "'format' has nothing to set",
                     "write it as 'format: {line: \"{{ record.id }}\"}'");
      check_fields_apart(settings.fields, given, reader, "set");
    });
    return t;
  }();
  return table;
}

class Format final : public pipeline::Transform {
 public:
  explicit Format(FormatSettings settings) : fields_(std::move(settings.fields)) {}

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext& context,
                          record::DataError& error) const override {
    const std::span<std::string_view> texts = draft.arena().array<std::string_view>(fields_.size());
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      expr::Failure failure;
      if (!fields_[i].second.render(draft, context.inputs, draft.arena(), texts[i], failure)) {
        error = {record::DataError::Type::expression, std::move(failure.message)};
        return pipeline::Verdict::reject;
      }
    }
    record::Value root = draft.value();
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (!fields_[i].first.set(root, record::Value::string(texts[i]), draft.arena(), error))
        return pipeline::Verdict::reject;
    }
    draft.replace(root);
    return pipeline::Verdict::keep;
  }

 private:
  std::vector<Assignment> fields_;
};

constexpr Example examples[] = {
    {R"(format:
  line: "{{ record.id }}: {{ record.amount }} EUR")",
     R"({"id": 7, "amount": 12.5})", R"({"id": 7, "amount": 12.5, "line": "7: 12.5 EUR"})"},
};

}  // namespace

TransformKind format() { return kind_of<Format>(format_options(), examples); }

}  // namespace hiveframe::transform
