#include <algorithm>

#include "config/option_table.hpp"
#include "pipeline/expr/option_types.hpp"
#include "pipeline/transform/kinds.hpp"

namespace hiveframe::transform {
namespace {

using expr::FieldPath;
using record::Member;
using record::Value;
using Names = std::pair<FieldPath, FieldPath>;

struct RenameSettings {
  std::vector<Names> fields;
};

bool has_index(const FieldPath& path) {
  return std::ranges::any_of(path.steps(), [](const FieldPath::Step& step) { return step.is_index; });
}

// Everything is read before anything is written, so what matters is that no two say what becomes of one
// field.
void check(RenameSettings& settings, const config::GivenOptions& given, config::Reader& reader) {
  const std::vector<Names>& fields = settings.fields;
  if (fields.empty() && !given.damaged)
    reader.error(given.whole, "'rename' has nothing to rename", "write it as 'rename: {old: new}'");
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const config::Span from = given.options[i].name.span();
    const config::Span to = given.options[i].value.span();
    if (has_index(fields[i].first)) reader.error(from, "items of a list have no names to change");
    if (has_index(fields[i].second)) reader.error(to, "items of a list have no names to change");
    if (fields[i].first == fields[i].second) reader.error(from, "this is its name already", "leave it out");
    for (std::size_t j = 0; j < i; ++j) {
      if (fields[i].first.overlaps(fields[j].first)) {
        reader.error(from, "this overlaps with '" + fields[j].first.str() + "', which is renamed too",
                     "rename it in a transform of its own");
      }
      if (fields[i].second.overlaps(fields[j].second)) {
        reader.error(to, "this overlaps with the new name '" + fields[j].second.str() + "'",
                     "choose another name");
      }
    }
  }
}

const config::OptionTable<RenameSettings>& rename_options() {
  static const config::OptionTable<RenameSettings> table = [] {
    config::OptionTable<RenameSettings> t("rename transform", "rename",
                                          "Gives fields other names; all are read before any is written");
    t.free_keys(&RenameSettings::fields, expr::field_path_type(), expr::field_path_type(),
                "The field's new path; an absent field is no error, one that has that name is overwritten");
    t.check({}, check);
    return t;
  }();
  return table;
}

FieldPath parent_of(const FieldPath& path) {
  return FieldPath(std::vector<FieldPath::Step>(path.steps().begin(), path.steps().end() - 1));
}

class Rename final : public pipeline::Transform {
 public:
  explicit Rename(RenameSettings settings) {
    for (Names& each : settings.fields) {
      sources_.push_back(each.first);
      FieldPath parent = parent_of(each.first);
      if (parent != parent_of(each.second)) {
        moves_.push_back(std::move(each));
        continue;
      }
      auto object = std::ranges::find(objects_, parent, &Object::path);
      if (object == objects_.end()) object = objects_.insert(objects_.end(), Object{std::move(parent), {}});
      object->names.push_back({each.first.steps().back().name, each.second.steps().back().name});
    }
    for (Object& object : objects_) {
      for (Name& each : object.names)
        each.now_is_old = std::ranges::find(object.names, each.now, &Name::old) != object.names.end();
    }
  }

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext&,
                          record::DataError& error) const override {
    // Records that have none of the fields pass as their bytes, without a tree.
    const auto present = [&draft](const FieldPath& field) { return field.get(draft).has_value(); };
    if (!draft.record().tree && std::ranges::none_of(sources_, present)) return pipeline::Verdict::keep;

    record::Arena& arena = draft.arena();
    Value root = draft.value();
    bool changed = false;
    const std::span<Value> moved = arena.array<Value>(moves_.size());
    const std::span<bool> found = arena.array<bool>(moves_.size());
    for (std::size_t i = 0; i < moves_.size(); ++i) {
      const Value* value = moves_[i].first.get(root);
      found[i] = value != nullptr;
      moved[i] = found[i] ? *value : Value();
    }
    for (std::size_t i = 0; i < moves_.size(); ++i) {
      if (found[i]) changed |= moves_[i].first.remove(root, arena);
    }
    for (const Object& object : objects_) {
      const Value* old = object.path.get(root);
      Value renamed;
      if (old == nullptr || !object.rename(*old, arena, renamed)) continue;
      if (!object.path.set(root, renamed, arena, error)) return pipeline::Verdict::reject;
      changed = true;
    }
    for (std::size_t i = 0; i < moves_.size(); ++i) {
      if (found[i] && !moves_[i].second.set(root, moved[i], arena, error)) return pipeline::Verdict::reject;
    }
    if (changed) draft.replace(root);
    return pipeline::Verdict::keep;
  }

 private:
  struct Name {
    std::string old;
    std::string now;
    bool now_is_old = false;  // another field of that name is renamed too, so none is overwritten
  };

  // The names that change within one object: their members stay in their places. New names stand here.
  struct Object {
    FieldPath path;
    std::vector<Name> names;

    bool rename(const Value& old, record::Arena& arena, Value& out) const {
      if (!old.is(record::Kind::object)) return false;
      static constexpr std::string_view overwritten = "(overwritten)";  // known by its address
      const std::span<const Member> before = old.members();
      std::span<Member> members;
      bool any_overwritten = false;
      for (const Name& each : names) {
        const std::size_t at = record::position(before, each.old);
        if (at == before.size()) continue;
        if (members.empty()) {
          members = arena.array<Member>(before.size());
          std::ranges::copy(before, members.begin());
        }
        members[at].name = each.now;
        const std::size_t other = each.now_is_old ? before.size() : record::position(before, each.now);
        if (other == before.size()) continue;
        members[other].name = overwritten;
        any_overwritten = true;
      }
      if (members.empty()) return false;
      if (any_overwritten) {
        const auto gone = std::ranges::remove(members, overwritten.data(),
                                              [](const Member& each) { return each.name.data(); });
        members = members.first(members.size() - gone.size());
      }
      out = Value::object(members);
      return true;
    }
  };

  std::vector<FieldPath> sources_;
  std::vector<Object> objects_;
  std::vector<Names> moves_;  // from one object to another
};

constexpr Example examples[] = {
    {"rename:\n"
     "  ts: timestamp\n"
     "  customer.name: buyer",
     R"({"ts": 5, "customer": {"name": "Ada"}})", R"({"timestamp": 5, "customer": {}, "buyer": "Ada"})"},
};

}  // namespace

TransformKind rename() { return kind_of<Rename>(rename_options(), examples); }

}  // namespace hiveframe::transform
