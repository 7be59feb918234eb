#include "config/option_type.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "config/did_you_mean.hpp"
#include "config/interpolation.hpp"
#include "config/scalar_type.hpp"
#include "config/secrets_in_text.hpp"
#include "config/yaml_line.hpp"

namespace hiveframe::config {
namespace {

using Kind = TypeInfo::Kind;

// A default as YAML: quoted when it would not read back as text.
std::optional<std::string> yaml_text(const std::string& value) {
  const bool awkward = value.empty() || value.find_first_of(":#{}[],&*!|>'\"%@`\n\t") != std::string::npos ||
                       core_type(Node::scalar(LocatedText(value))) != CoreType::text ||
                       value.front() == ' ' || value.back() == ' ' || value.front() == '-' ||
                       value.front() == '?';
  return awkward ? quoted_for_yaml(value) : value;
}

bool refuse_empty(const LocatedText& text, Empty empty, const TypeInfo& info, Reader& reader) {
  if (empty == Empty::allowed || !text.empty()) return false;
  reader.error(text.span(), fmt::format("expected {}, found an empty one", info.describe()));
  return true;
}

}  // namespace

OptionType<std::string> text(Empty empty) {
  auto type = scalar_type<std::string>(
      TypeInfo::of(Kind::text),
      [empty](const LocatedText& text, const TypeInfo& info, Reader& reader) -> std::optional<std::string> {
        if (refuse_empty(text, empty, info, reader)) return std::nullopt;
        return text.str();
      });
  type.format = [](const std::string& value) -> std::optional<std::string> {
    if (value.empty()) return std::nullopt;
    return yaml_text(value);
  };
  return type;
}

OptionType<Secret> secret() {
  OptionType<Secret> type;
  type.info = TypeInfo::of(Kind::secret);
  type.read = [info = type.info](const Node& node, Reader& reader) -> std::optional<Secret> {
    std::optional<LocatedText> text = reader.text(node, info);
    if (!is_mere_reference(node.text().view())) reader.diagnostics().conceal(node.span());
    if (!text || refuse_empty(*text, Empty::refused, info, reader)) return std::nullopt;
    return Secret(text->str());
  };
  return type;
}

OptionType<bool> boolean() {
  auto type = scalar_type<bool>(
      TypeInfo::of(Kind::boolean),
      [](const LocatedText& text, const TypeInfo& info, Reader& reader) -> std::optional<bool> {
        const std::string_view word = trimmed(text.view());
        if (word == "true" || word == "True" || word == "TRUE") return true;
        if (word == "false" || word == "False" || word == "FALSE") return false;
        std::string lower;
        for (const char c : word)
          lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        std::string hint;
        if (lower == "yes" || lower == "on" || lower == "1") hint = "write true";
        if (lower == "no" || lower == "off" || lower == "0") hint = "write false";
        mismatch(text, info, reader, hint);
        return std::nullopt;
      });
  type.format = [](bool value) -> std::optional<std::string> { return value ? "true" : "false"; };
  return type;
}

OptionType<std::filesystem::path> path() {
  using Path = std::filesystem::path;
  auto type = scalar_type<Path>(
      TypeInfo::of(Kind::path),
      [](const LocatedText& text, const TypeInfo& info, Reader& reader) -> std::optional<Path> {
        if (refuse_empty(text, Empty::refused, info, reader)) return std::nullopt;
        if (text.view().find('\0') != std::string_view::npos) {
          reader.error(text.span(), "a path cannot hold a zero byte");
          return std::nullopt;
        }
        Path path(text.str());
        const bool remote = text.view().find("://") != std::string_view::npos;
        if (path.is_relative() && !remote && text.span().file)
          path = (text.span().file->folder() / path).lexically_normal();
        return path;
      });
  type.format = [](const Path& value) -> std::optional<std::string> {
    if (value.empty()) return std::nullopt;
    return yaml_text(value.string());
  };
  return type;
}

OptionType<Node> any(std::string wanted) {
  TypeInfo info = TypeInfo::of(Kind::any);
  info.wanted = std::move(wanted);
  OptionType<Node> type;
  type.info = info;
  type.read = [info](const Node& node, Reader& reader) -> std::optional<Node> {
    if (node.is_null()) {
      reader.wrong_type(node, info);
      return std::nullopt;
    }
    return node;
  };
  return type;
}

OptionType<std::size_t> choice_index(std::vector<std::string> words) {
  TypeInfo info = TypeInfo::of(Kind::choice);
  info.choices = words;
  return scalar_type<std::size_t>(
      info,
      [words = std::move(words)](const LocatedText& text, const TypeInfo& info,
                                 Reader& reader) -> std::optional<std::size_t> {
        const auto found = std::find(words.begin(), words.end(), text.view());
        if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
        const std::string near = nearest(text.view(), words);
        mismatch(text, info, reader, near.empty() ? std::string() : fmt::format("did you mean '{}'?", near));
        return std::nullopt;
      });
}

std::optional<std::string> format_list(const std::vector<std::optional<std::string>>& elements) {
  if (elements.empty()) return std::nullopt;
  std::string out = "[";
  for (const std::optional<std::string>& each : elements) {
    if (!each) return std::nullopt;
    if (out.size() > 1) out += ", ";
    out += *each;
  }
  return out + "]";
}

std::optional<std::vector<Node>> list_nodes(const Node& node, const TypeInfo& info, Reader& reader) {
  if (node.is_list()) return node.items();
  if (info.kind == Kind::one_or_list && !node.is_null()) return std::vector<Node>{node};
  std::string hint;
  if (node.is_null()) hint = "give it a value, or remove the key";
  if (node.is_map()) hint = "begin each with '- ' on a line of its own";
  if (node.is_scalar() && !node.text().secret()) hint = fmt::format("write [{}]", node.text().str());
  reader.error(node.span(), fmt::format("expected {}, found {}", info.describe(), node.describe()),
               hint.size() > 80 ? std::string("write it in brackets: […]") : hint);
  return std::nullopt;
}

std::optional<std::vector<Entry>> map_entries(const Node& node, const TypeInfo& info, Reader& reader) {
  if (!node.is_map()) {
    reader.wrong_type(node, info);
    return std::nullopt;
  }
  bool sound = true;
  for (const Entry& entry : node.entries()) {
    if (find_references(entry.key.view()).empty()) continue;
    reader.error(entry.key.span(), "'${…}' in a key is not replaced", "write the name itself");
    sound = false;
  }
  if (!sound) return std::nullopt;
  return node.entries();
}

}  // namespace hiveframe::config
