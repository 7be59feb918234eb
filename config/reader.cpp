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
  return interpolate(node.text(), environment_, diagnostics_);
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
  return text;
}

}  // namespace hiveframe::config
