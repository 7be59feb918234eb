#include <algorithm>
#include <array>

#include "config/option_table.hpp"
#include "pipeline/expr/option_types.hpp"
#include "pipeline/transform/cast_value.hpp"
#include "pipeline/transform/kinds.hpp"

namespace hiveframe::transform {
namespace {

using record::Value;

struct MaskSettings {
  std::vector<expr::FieldPath> fields;
  std::string with = "***";
  std::int64_t keep_first = 0;
  std::int64_t keep_last = 0;
};

constexpr std::int64_t most_kept = 100;

const config::OptionTable<MaskSettings>& mask_options() {
  static const config::OptionTable<MaskSettings> table = [] {
    using S = MaskSettings;
    config::OptionTable<S> t("mask transform", "mask", "Hides what stands in fields");
    t.add("fields", &S::fields, config::one_or_list(expr::field_path_type()))
        .required()
        .help("One field path or a list; null and what is absent stay so, lists and objects are hidden whole")
        .example("[email, card.number]");
    t.add("with", &S::with, config::text(config::Empty::allowed))
        .help("What stands there instead")
        .example("'#'");
    t.add("keep_first", &S::keep_first, config::integer(0, most_kept))
        .help("Characters at the beginning that stay");
    t.add("keep_last", &S::keep_last, config::integer(0, most_kept))
        .help(
            "Characters at the end that stay; a text with fewer than twice as many as are kept is hidden "
            "whole");
    t.compact("fields");
    t.check({"fields"}, [](S& s, const config::GivenOptions& given, config::Reader& reader) {
      if (!s.fields.empty()) return;
      reader.error(given.span("fields"), "'mask' has nothing to hide",
                   "write it as 'mask: [email, card.number]'");
    });
    return t;
  }();
  return table;
}

bool begins_character(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// Bytes of the first `count` characters.
std::size_t first(std::string_view text, std::int64_t count) noexcept {
  std::size_t at = 0;
  while (at < text.size() && (!begins_character(text[at]) || count-- > 0))
    ++at;
  return at;
}

// Where the last `count` characters begin.
std::size_t last(std::string_view text, std::int64_t count) noexcept {
  std::size_t at = text.size();
  while (at > 0 && count > 0)
    if (begins_character(text[--at])) --count;
  return at;
}

class Mask final : public pipeline::Transform {
 public:
  explicit Mask(MaskSettings settings) : settings_(std::move(settings)) {}

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext&,
                          record::DataError& error) const override {
    Value root;
    bool changed = false;
    for (const expr::FieldPath& field : settings_.fields) {
      const std::optional<Value> value = changed ? in_tree(field, root) : field.get(draft);
      if (!value || value->is_null()) continue;
      if (!changed) root = draft.value();
      changed = true;
      if (!field.set(root, masked(*value, draft.arena()), draft.arena(), error))
        return pipeline::Verdict::reject;
    }
    if (changed) draft.replace(root);
    return pipeline::Verdict::keep;
  }

 private:
  static std::optional<Value> in_tree(const expr::FieldPath& field, const Value& root) {
    const Value* value = field.get(root);
    return value != nullptr ? std::optional(*value) : std::nullopt;
  }

  Value masked(const Value& value, record::Arena& arena) const {
    const std::optional<Value> as_text = cast(value, CastType::string, arena);
    const std::string_view text = as_text ? as_text->text() : std::string_view();
    const auto characters = std::ranges::count_if(text, begins_character);
    if (characters < 2 * (settings_.keep_first + settings_.keep_last)) return Value::string(settings_.with);
    const std::size_t head = first(text, settings_.keep_first);
    const std::size_t tail = last(text, settings_.keep_last);
    const std::span<char> out = arena.array<char>(head + settings_.with.size() + text.size() - tail);
    auto at = std::copy_n(text.data(), head, out.data());
    at = std::copy(settings_.with.begin(), settings_.with.end(), at);
    std::copy(text.begin() + static_cast<std::ptrdiff_t>(tail), text.end(), at);
    return Value::string({out.data(), out.size()});
  }

  MaskSettings settings_;
};

constexpr Example examples[] = {
    {"mask: {fields: [card.number], keep_last: 4}", R"({"card": {"number": "4111111111111111"}})",
     R"({"card": {"number": "***1111"}})"},
    {"mask: {fields: email, with: '…', keep_first: 1}", R"({"email": "ada@example.com"})",
     R"({"email": "a…"})"},
};

}  // namespace

TransformKind mask() { return kind_of<Mask>(mask_options(), examples); }

}  // namespace hiveframe::transform
