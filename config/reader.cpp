#include "config/reader.hpp"

#include <fmt/format.h>

#include "config/interpolation.hpp"

namespace hiveframe::config {
namespace {

// `key: null`, and not `key:`.
bool stands_as_null(const Span& span) {
  if (!span.has_place()) return false;
  const std::string_view written =
      std::string_view(span.file->content()).substr(span.begin, span.end - span.begin);
  return written == "null" || written == "Null" || written == "NULL";
}

}  // namespace

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

void Reader::set_members(const std::string& variable, std::optional<std::vector<std::string>> members) {
  if (members) {
    members_[variable] = std::move(*members);
  } else {
    members_.erase(variable);
  }
}

const std::vector<std::string>* Reader::members_of(std::string_view variable) const {
  const auto found = members_.find(variable);
  return found == members_.end() ? nullptr : &found->second;
}

void Reader::refuse_secret(const Span& place) {
  error(place, "${file:} and ${credential:} are for secrets, and this is shown in messages and logs",
        "write it here, or take it from a variable: ${NAME}");
}

std::optional<LocatedText> Reader::expression_text(const Node& node, const TypeInfo& wanted) {
  if (node.is_null() && stands_as_null(node.span())) {
    error(node.span(), fmt::format("expected {}, found nothing", wanted.describe()),
          "write it in quotes: \"null\"");
    return std::nullopt;
  }
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
    // No variable has a point in its name.
    error(text.span(each.begin, end), fmt::format("'${{…}}' cannot stand inside {}", wanted.describe()),
          shown.find('.') != std::string::npos ? fmt::format("write {}, without '${{ }}'", shown)
                                               : fmt::format("use env.{}", shown));
  }
  if (!references.empty()) return std::nullopt;
  return without_escapes(text);
}

}  // namespace hiveframe::config
