#include "config/option_table.hpp"
#include "pipeline/expr/option_types.hpp"
#include "pipeline/record/kind_name.hpp"
#include "pipeline/transform/kinds.hpp"

namespace hiveframe::transform {
namespace {

using expr::FieldPath;
using record::Value;

enum class Empty { drop, keep };

struct ExplodeSettings {
  std::optional<FieldPath> field;
  std::optional<FieldPath> into;
  std::optional<FieldPath> index;
  bool alone = false;
  Empty empty = Empty::drop;
};

void check_into(ExplodeSettings& s, const config::GivenOptions& given, config::Reader& reader) {
  if (s.alone && s.into)
    reader.error(given.name_span("into"), "'into' cannot be given together with 'alone'", "leave one out");
}

void check_index(ExplodeSettings& s, const config::GivenOptions& given, config::Reader& reader) {
  if (!s.index || s.alone) return;
  const FieldPath& item = s.into ? *s.into : *s.field;
  if (!s.index->overlaps(item)) return;
  reader.error(given.span("index"), "this overlaps with '" + item.str() + "', where the item stands",
               "give the number another field");
}

const config::OptionTable<ExplodeSettings>& explode_options() {
  static const config::OptionTable<ExplodeSettings> table = [] {
    using S = ExplodeSettings;
    config::OptionTable<S> t(
        "explode transform", "explode",
        "Makes a record of each item of a list; if one of them is bad, the whole record is");
    t.add("field", &S::field, expr::field_path_type())
        .required()
        .help("The list; anything else that stands there is the record's error")
        .example("lines");
    t.add("into", &S::into, expr::field_path_type())
        .default_note("the field itself")
        .help("Where the item goes, in place of the list")
        .example("line");
    t.add("index", &S::index, expr::field_path_type())
        .help("Where the number of the item goes, from 0")
        .example("line_number");
    t.add("alone", &S::alone, config::boolean())
        .help("The item is the record; what stood beside the list is left out");
    t.add("empty", &S::empty, config::choice<Empty>({{"drop", Empty::drop}, {"keep", Empty::keep}}))
        .help("What becomes of a record whose list is empty, null or absent; keep: it passes as it is");
    t.compact("field");
    t.check({"into", "alone"}, check_into);
    t.check({"field", "into", "index", "alone"}, check_index);
    return t;
  }();
  return table;
}

class Explode final : public pipeline::Transform {
 public:
  explicit Explode(ExplodeSettings settings) : settings_(std::move(settings)) {}

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext& context,
                          record::DataError& error) const override {
    const std::optional<Value> list = settings_.field->get(draft);
    const bool missing = !list || list->is_null();
    if (!missing && !list->is(record::Kind::list)) {
      error = {record::DataError::Type::value, "cannot explode '" + settings_.field->str() + "': it is " +
                                                   std::string(record::with_article(list->kind())) +
                                                   ", not a list"};
      return pipeline::Verdict::reject;
    }
    if (missing || list->items().empty())
      return settings_.empty == Empty::keep ? pipeline::Verdict::keep : pipeline::Verdict::drop;
    context.parts = list->items().size();
    return pipeline::Verdict::split;
  }

  [[nodiscard]] bool splits() const noexcept override { return true; }

  bool part(const Value& whole, std::size_t number, record::Arena& arena, Value& made,
            record::DataError& error) const override {
    const Value item = settings_.field->get(whole)->items()[number];
    made = settings_.alone ? item : whole;
    if (!settings_.alone) {
      if (settings_.into && !settings_.into->contains(*settings_.field)) settings_.field->remove(made, arena);
      const FieldPath& into = settings_.into ? *settings_.into : *settings_.field;
      if (!into.set(made, item, arena, error)) return false;
    }
    const Value index = Value::int64(static_cast<std::int64_t>(number));
    return !settings_.index || settings_.index->set(made, index, arena, error);
  }

 private:
  ExplodeSettings settings_;
};

constexpr Example examples[] = {
    {"explode: {field: lines, into: line, index: number}",
     R"({"id": 7, "lines": [{"sku": "a"}, {"sku": "b"}]})", R"({"id": 7, "line": {"sku": "a"}, "number": 0}
{"id": 7, "line": {"sku": "b"}, "number": 1})"},
    {"explode: lines", R"({"id": 7, "lines": []})", ""},
    {"explode: {field: items, alone: true, empty: keep}", R"({"page": 1, "items": [{"id": 1}, {"id": 2}]})",
     R"({"id": 1}
{"id": 2})"},
};

}  // namespace

TransformKind explode() { return kind_of<Explode>(explode_options(), examples); }

}  // namespace hiveframe::transform
