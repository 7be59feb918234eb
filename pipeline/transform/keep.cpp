#include "config/option_table.hpp"
#include "pipeline/expr/option_types.hpp"
#include "pipeline/transform/kinds.hpp"
#include "pipeline/transform/path_tree.hpp"

namespace hiveframe::transform {
namespace {

struct KeepSettings {
  std::vector<expr::FieldPath> fields;
};

const config::OptionTable<KeepSettings>& keep_options() {
  static const config::OptionTable<KeepSettings> table = [] {
    config::OptionTable<KeepSettings> t("keep transform", "keep", "Takes all fields away but these");
    t.add("fields", &KeepSettings::fields, config::one_or_list(expr::field_path_type()))
        .required()
        .help("One field path or a list, in any order; what is absent stays absent")
        .example("[id, customer.name]");
    t.compact("fields");
    t.check({"fields"},
            [](KeepSettings& settings, const config::GivenOptions& given, config::Reader& reader) {
              if (!settings.fields.empty()) return;
              reader.error(given.span("fields"), "'keep' has nothing to keep",
                           "write it as 'keep: [id, customer.name]'");
            });
    return t;
  }();
  return table;
}

class Keep final : public pipeline::Transform {
 public:
  explicit Keep(KeepSettings settings) : tree_(settings.fields) {}

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext&,
                          record::DataError& error) const override {
    if (!draft.value().is(record::Kind::object)) {
      error = {record::DataError::Type::value, "cannot keep fields: the record is no object"};
      return pipeline::Verdict::reject;
    }
    record::Value kept;
    switch (tree_.keep(draft.value(), draft.arena(), kept)) {
      case PathTree::Kept::whole:
        break;
      case PathTree::Kept::part:
        draft.replace(kept);
        break;
      case PathTree::Kept::nothing:
        if (!draft.value().members().empty()) draft.replace(record::Value::object({}));
    }
    return pipeline::Verdict::keep;
  }

 private:
  PathTree tree_;
};

constexpr Example examples[] = {
    {"keep: [id, customer.name]", R"({"id": 1, "customer": {"name": "Ada", "email": "a@x.org"}, "note": ""})",
     R"({"id": 1, "customer": {"name": "Ada"}})"},
    {"keep: {fields: id}", R"({"id": 1, "note": ""})", R"({"id": 1})"},
};

}  // namespace

TransformKind keep() { return kind_of<Keep>(keep_options(), examples); }

}  // namespace hiveframe::transform
