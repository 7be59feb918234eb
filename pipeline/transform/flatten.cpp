#include <algorithm>
#include <charconv>
#include <string>
#include <unordered_set>

#include "config/option_table.hpp"
#include "pipeline/expr/option_types.hpp"
#include "pipeline/transform/kinds.hpp"

namespace hiveframe::transform {
namespace {

using record::Kind;
using record::Member;
using record::Value;

enum class Lists { keep, index };

struct FlattenSettings {
  std::string separator = ".";
  std::optional<expr::FieldPath> field;
  std::optional<std::int64_t> depth;
  Lists lists = Lists::keep;
};

const config::OptionTable<FlattenSettings>& flatten_options() {
  static const config::OptionTable<FlattenSettings> table = [] {
    using S = FlattenSettings;
    config::OptionTable<S> t("flatten transform", "flatten",
                             "Makes {a: {b: 1}} into {a.b: 1}: names of nested fields are joined");
    t.add("separator", &S::separator, config::text()).help("What stands between the names").example("_");
    t.add("field", &S::field, expr::field_path_type())
        .help("Only the object that stands there; without it, the whole record")
        .example("customer");
    t.add("depth", &S::depth, config::integer(1, 1000))
        .default_note("all of them")
        .help("Levels of objects that are taken apart; what is below stays as it is");
    t.add("lists", &S::lists, config::choice<Lists>({{"keep", Lists::keep}, {"index", Lists::index}}))
        .help("index: lists are taken apart too, and the number of an item, from 0, is its name");
    t.compact("separator");
    return t;
  }();
  return table;
}

/// The members of one object, taken apart.
class Flattening {
 public:
  Flattening(const FlattenSettings& settings, record::Arena& arena) : settings_(settings), arena_(arena) {}

  /// False: two fields come to the same name, which is then in problem().
  bool add(const Value& value) { return add(value, settings_.depth.value_or(no_limit) + 1); }
  [[nodiscard]] Value object() const {
    const std::span<Member> members = arena_.array<Member>(members_.size());
    std::copy(members_.begin(), members_.end(), members.begin());
    return Value::object(members);
  }
  [[nodiscard]] const std::string& problem() const noexcept { return name_; }

 private:
  static constexpr std::int64_t no_limit = 1 << 20;

  bool add(const Value& value, std::int64_t levels) {
    const bool is_object = value.is(Kind::object) && (!value.members().empty() || depth_ == 0);
    const bool is_list = settings_.lists == Lists::index && value.is(Kind::list) && !value.items().empty();
    if (levels == 0 || (!is_object && !is_list)) return add_member(value);
    if (is_object) {
      for (const Member& member : value.members())
        if (!add_below(member.name, member.value, levels)) return false;
      return true;
    }
    std::size_t index = 0;
    for (const Value& item : value.items())
      if (!add_below(std::to_string(index++), item, levels)) return false;
    return true;
  }

  bool add_below(std::string_view name, const Value& value, std::int64_t levels) {
    const std::size_t size = name_.size();
    const bool nested = depth_ > 0;
    if (nested) name_ += settings_.separator;
    name_ += name;
    ++depth_;
    if (!add(value, levels - 1)) return false;
    --depth_;
    name_.resize(size);
    return true;
  }

  bool add_member(const Value& value) {
    const std::string_view name = arena_.copy(name_);
    if (!names_.insert(name).second) return false;
    members_.push_back({name, value});
    return true;
  }

  const FlattenSettings& settings_;
  record::Arena& arena_;
  std::string name_;
  std::size_t depth_ = 0;
  std::vector<Member> members_;
  std::unordered_set<std::string_view> names_;
};

bool has_parts(const Value& value, Lists lists) {
  const auto nested = [lists](const Value& each) {
    return each.is(Kind::object) || (lists == Lists::index && each.is(Kind::list));
  };
  return value.is(Kind::object) &&
         std::ranges::any_of(value.members(), [&](const Member& member) { return nested(member.value); });
}

class Flatten final : public pipeline::Transform {
 public:
  explicit Flatten(FlattenSettings settings) : settings_(std::move(settings)) {}

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext&,
                          record::DataError& error) const override {
    const std::optional<Value> value = settings_.field ? settings_.field->get(draft) : draft.value();
    if (!value || !has_parts(*value, settings_.lists)) return pipeline::Verdict::keep;
    Flattening flat(settings_, draft.arena());
    if (!flat.add(*value)) {
      error = {record::DataError::Type::value,
               "two fields would be named '" + flat.problem() + "' when flattened"};
      return pipeline::Verdict::reject;
    }
    Value root = flat.object();
    if (settings_.field) {
      const Value object = root;
      root = draft.value();
      if (!settings_.field->set(root, object, draft.arena(), error)) return pipeline::Verdict::reject;
    }
    draft.replace(root);
    return pipeline::Verdict::keep;
  }

 private:
  FlattenSettings settings_;
};

constexpr Example examples[] = {
    {"flatten: {separator: _, lists: index}", R"({"id": 1, "customer": {"name": "Ada", "tags": ["a", "b"]}})",
     R"({"id": 1, "customer_name": "Ada", "customer_tags_0": "a", "customer_tags_1": "b"})"},
    {"flatten: {field: customer, depth: 1}", R"({"customer": {"address": {"city": {"name": "Delft"}}}})",
     R"({"customer": {"address.city": {"name": "Delft"}}})"},
};

}  // namespace

TransformKind flatten() { return kind_of<Flatten>(flatten_options(), examples); }

}  // namespace hiveframe::transform
