#include <algorithm>

#include "config/option_table.hpp"
#include "pipeline/expr/option_types.hpp"
#include "pipeline/transform/kinds.hpp"
#include "pipeline/transform/path_tree.hpp"

namespace hiveframe::transform {
namespace {

struct DropSettings {
  std::vector<expr::FieldPath> fields;
};

const config::OptionTable<DropSettings>& drop_options() {
  static const config::OptionTable<DropSettings> table = [] {
    config::OptionTable<DropSettings> t("drop transform", "drop", "Takes fields away");
    t.add("fields", &DropSettings::fields, config::one_or_list(expr::field_path_type()))
        .required()
        .help("One field path or a list; what is absent is no error")
        .example("[note, customer.email]");
    t.compact("fields");
    t.check({"fields"},
            [](DropSettings& settings, const config::GivenOptions& given, config::Reader& reader) {
              if (!settings.fields.empty()) return;
              reader.error(given.span("fields"), "'drop' has nothing to drop",
                           "write it as 'drop: [note, customer.email]'");
            });
    return t;
  }();
  return table;
}

class Drop final : public pipeline::Transform {
 public:
  explicit Drop(DropSettings settings) : fields_(std::move(settings.fields)), tree_(fields_) {}

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext&,
                          record::DataError&) const override {
    // Records that have none of the fields pass as their bytes, without a tree.
    const auto present = [&draft](const expr::FieldPath& field) { return field.get(draft).has_value(); };
    if (!draft.record().tree && std::none_of(fields_.begin(), fields_.end(), present)) {
      return pipeline::Verdict::keep;
    }
    record::Value changed;
    if (tree_.drop(draft.value(), draft.arena(), changed)) draft.replace(changed);
    return pipeline::Verdict::keep;
  }

 private:
  std::vector<expr::FieldPath> fields_;
  PathTree tree_;
};

constexpr Example examples[] = {
    {"drop: [note, customer.email]",
     R"({"id": 1, "customer": {"name": "Ada", "email": "a@x.org"}, "note": ""})",
     R"({"id": 1, "customer": {"name": "Ada"}})"},
    {"drop: {fields: note}", R"({"id": 1, "note": ""})", R"({"id": 1})"},
};

}  // namespace

TransformKind drop() { return kind_of<Drop>(drop_options(), examples); }

}  // namespace hiveframe::transform
