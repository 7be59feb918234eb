#include <algorithm>
#include <span>

#include "config/option_table.hpp"
#include "pipeline/expr/option_types.hpp"
#include "pipeline/transform/kinds.hpp"

namespace hiveframe::transform {
namespace {

using Assignment = std::pair<expr::FieldPath, expr::Program>;

struct SetSettings {
  std::vector<Assignment> assignments;
};

const config::OptionTable<SetSettings>& set_options() {
  static const config::OptionTable<SetSettings> table = [] {
    config::OptionTable<SetSettings> t("set transform", "set",
                                       "Sets fields; all expressions see the record as it came in");
    t.free_keys(&SetSettings::assignments, expr::field_path_type(), expr::expression_type(),
                "The field's new value; missing parents are made");
    t.check({}, [](SetSettings& settings, const config::GivenOptions& given, config::Reader& reader) {
      if (settings.assignments.empty() && !given.damaged) {
        reader.error(given.whole, "'set' has nothing to set",
                     "write it as 'set: {total: record.amount * 2}'");
      }
      for (std::size_t i = 0; i < settings.assignments.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          const expr::FieldPath& field = settings.assignments[i].first;
          const expr::FieldPath& other = settings.assignments[j].first;
          if (field == other) {
            reader.error(given.options[i].name.span(), "this field is set twice", "leave one out");
          } else if (field.overlaps(other)) {
            reader.error(given.options[i].name.span(),
                         "this overlaps with '" + other.str() + "', which is set too",
                         "set it in a transform of its own");
          }
        }
      }
    });
    return t;
  }();
  return table;
}

class Set final : public pipeline::Transform {
 public:
  explicit Set(SetSettings settings) {
    for (Assignment& each : settings.assignments) {
      const bool joins =
          !groups_.empty() && std::ranges::all_of(last_group(), [&](const expr::FieldPath& path) {
            return path.is_sibling_of(each.first);
          });
      if (!joins) groups_.push_back({fields_.size(), 0});
      ++groups_.back().size;
      fields_.push_back(std::move(each.first));
      programs_.push_back(std::move(each.second));
    }
  }

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext& context,
                          record::DataError& error) const override {
    const std::span<record::Value> values = draft.arena().array<record::Value>(programs_.size());
    expr::Failure failure;
    for (std::size_t i = 0; i < programs_.size(); ++i) {
      if (!programs_[i].evaluate(draft, context.inputs, values[i], failure)) {
        error = {record::DataError::Type::expression, std::move(failure.message)};
        return pipeline::Verdict::reject;
      }
    }
    record::Value root = draft.value();
    const std::span<const expr::FieldPath> fields = fields_;
    for (const Group& each : groups_) {
      if (!expr::FieldPath::set(fields.subspan(each.first, each.size), root,
                                values.subspan(each.first, each.size), draft.arena(), error)) {
        return pipeline::Verdict::reject;
      }
    }
    draft.replace(root);
    return pipeline::Verdict::keep;
  }

 private:
  // Neighbours that are set in one object: it is copied once for them all.
  struct Group {
    std::size_t first;
    std::size_t size;
  };

  std::span<const expr::FieldPath> last_group() const {
    return std::span(fields_).subspan(groups_.back().first, groups_.back().size);
  }

  std::vector<expr::FieldPath> fields_;
  std::vector<expr::Program> programs_;
  std::vector<Group> groups_;
};

constexpr Example examples[] = {
    {R"(set:
  total: record.amount * 2
  customer.country: "'NL'")",
     R"({"amount": 10})", R"({"amount": 10, "total": 20, "customer": {"country": "NL"}})"},
};

}  // namespace

TransformKind set() { return kind_of<Set>(set_options(), examples); }

}  // namespace hiveframe::transform
