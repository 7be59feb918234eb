#include "config/reader.hpp"

#include <fmt/format.h>

#include "config/interpolation.hpp"

namespace hiveframe::config {

void Reader::wrong_type(const Node& node, const TypeInfo& wanted) {
  std::string hint;
  if (node.is_null()) hint = "give it a value, or remove the key";
  error(node.span(), fmt::format("expected {}, found {}", wanted.describe(), node.describe()), hint);
}

std::optional<LocatedText> Reader::text(const Node& node, const TypeInfo& wanted) {
  if (!node.is_scalar()) {
    wrong_type(node, wanted);
    return std::nullopt;
  }
  std::optional<LocatedText> text = interpolate(node.text(), environment_, diagnostics_);
  const bool shown = wanted.kind != TypeInfo::Kind::secret;
  if (text && shown && text->secret() && !node.text().secret()) {
    refuse_secret(node.span());
    return std::nullopt;
  }
  return text;
}

void Reader::refuse_secret(const Span& place) {
  error(place, "${file:} and ${credential:} are for secrets, and this is shown in messages and logs",
        "write it here, or take it from a variable: ${NAME}");
}

std::optional<LocatedText> Reader::expression_text(const Node& node, const TypeInfo& wanted) {
  if (!node.is_scalar()) {
    wrong_type(node, wanted);
    return std::nullopt;
  }
  const LocatedText& text = node.text();
  const std::vector<Reference> references = find_references(text.view());
  for (const Reference& each : references) {
    const std::size_t end = std::min(each.end, text.size());
    const std::string_view name = text.view().substr(each.begin + 2, end - each.begin - 2);
    const std::size_t length = std::min(name.find_first_of(":}"), name.size());
    const std::string shown(length ? name.substr(0, length) : "NAME");
    error(text.span(each.begin, end), fmt::format("'${{…}}' cannot stand inside {}", wanted.describe()),
          fmt::format("use env.{}", shown));
  }
  if (!references.empty()) return std::nullopt;
  return without_escapes(text);
}

}  // namespace hiveframe::config
