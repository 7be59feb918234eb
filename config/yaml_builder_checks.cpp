// What yaml-cpp lets pass or does not tell: tags, values that are not there, limits, text between documents.

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "config/secrets_in_text.hpp"
#include "config/units.hpp"
#include "config/yaml_builder.hpp"
#include "config/yaml_line.hpp"

namespace hiveframe::config {

bool YamlBuilder::starts_quoted(std::size_t at) const {
  return at < source_.size() && std::string_view("\"'|>").find(source_[at]) != std::string_view::npos;
}

void YamlBuilder::check_tag(const Properties& properties) {
  if (properties.tag_begin == properties.tag_end) return;
  const std::string_view tag =
      std::string_view(source_).substr(properties.tag_begin, properties.tag_end - properties.tag_begin);
  const std::size_t line = file_->line_of(properties.tag_begin);
  const bool secret =
      stands_in_secret_value(file_->line(line), properties.tag_begin - file_->line_begin(line));
  const std::string shown = secret ? "'!…'" : quote(tag);
  const bool in_brackets =
      std::any_of(frames_.begin(), frames_.end(), [](const Frame& each) { return each.flow; });
  std::string hint = "a value that starts with '!' must be quoted";
  if (tag.starts_with("!!")) {
    hint = fmt::format("remove {}; every option knows its own type", shown);
  } else if (!in_brackets) {
    hint += ": " + quoted_value_hint(*file_, properties.tag_begin);
  }
  diagnostics_.error(span(properties.tag_begin, properties.tag_end),
                     fmt::format("{} is a YAML tag, and tags are not supported", shown), hint);
}

LocatedText YamlBuilder::tag_as_text(const Properties& properties) const {
  const std::size_t length = properties.tag_end - properties.tag_begin;
  return LocatedText(file_, properties.tag_begin, source_.substr(properties.tag_begin, length));
}

std::size_t YamlBuilder::null_literal(std::size_t at) const {
  if (at < last_end_) return 0;
  constexpr std::array<std::string_view, 4> literals = {"~", "null", "Null", "NULL"};
  for (const std::string_view literal : literals) {
    if (source_.compare(at, literal.size(), literal) != 0) continue;
    const std::size_t end = at + literal.size();
    const bool awaiting = !frames_.empty() && frames_.back().is_map && !frames_.back().has_key;
    if (end < source_.size() &&
        std::string_view(" \t\r\n,[]{}:").find(source_[end]) == std::string_view::npos)
      continue;
    const std::size_t next = std::min(source_.find_first_not_of(" \t", end), source_.size());
    const bool is_key = next < source_.size() && source_[next] == ':';
    if (is_key && !awaiting) return 0;
    return literal.size();
  }
  return 0;
}

Span YamlBuilder::place_of_omitted(std::size_t at) const {
  if (!frames_.empty() && frames_.back().has_key) {
    const Span& key = frames_.back().key.span();
    if (key.has_place()) return key;
  }
  if (!frames_.empty() && !frames_.back().is_map && !frames_.back().flow) {
    // The mark is that of the token after; the item is where its dash is.
    std::size_t dash = skip_blank(source_, last_end_);
    if (dash < source_.size() && source_[dash] == '-') return span(dash, dash + 1);
  }
  return span(at, at);
}

void YamlBuilder::report_bare_template(std::size_t at) {
  const auto awaiting_key = [this](std::size_t levels_above) -> std::string_view {
    if (frames_.size() <= levels_above) return {};
    const Frame& frame = frames_[frames_.size() - 1 - levels_above];
    return frame.has_key ? frame.key.view() : std::string_view();
  };
  YamlLine line;
  line.key = awaiting_key(1);
  const bool is_expression = takes_expression(line.key) || awaiting_key(2) == "set";

  // In brackets other values may follow on the line.
  std::string_view value = cut_line(*file_, file_->line_of(at)).value_text;
  if (frames_.size() > 1 && frames_[frames_.size() - 2].flow) {
    value = std::string_view(source_).substr(at, source_.find('\n', at) - at);
    value = value.substr(0, std::min(value.find("}}"), value.size() - 2) + 2);
  }
  if (is_expression) {
    diagnostics_.error(span(at, at + 2), "an expression stands here without '{{ }}'",
                       "write " + rewritten(line, without_braces(value)));
  } else {
    diagnostics_.error(span(at, at + 2), "a value that starts with '{{' must be quoted",
                       "write " + corrected(line, value));
  }
  diagnostics_.damaged(span(at, at + value.size()));
}

void YamlBuilder::check_colon() {
  if (frames_.empty() || !frames_.back().has_key || frames_.back().flow || !frames_.back().key_is_sound)
    return;
  const Span key = frames_.back().key.span();
  const std::size_t next = std::min(source_.find_first_not_of(" \t", key.end), source_.size());
  if (!key.has_place() || (next < source_.size() && source_[next] == ':')) return;
  diagnostics_.error(key, "expected 'key: value' here", "text that goes on over several lines is indented");
  frames_.back().key_is_sound = false;
}

void YamlBuilder::count(std::size_t at, std::size_t nodes, std::size_t bytes) {
  nodes_ += nodes;
  bytes_ += bytes;
  if (nodes_ > limits_.nodes) {
    diagnostics_.error(span(at, at), fmt::format("the document holds more than {} values", limits_.nodes),
                       "aliases count as what they stand for");
    throw Stop{};
  }
  if (bytes_ > limits_.expanded_bytes) {
    diagnostics_.error(
        span(at, at),
        fmt::format("the document holds more than {} of text", format_size(limits_.expanded_bytes)),
        "aliases count as what they stand for");
    throw Stop{};
  }
}

void YamlBuilder::too_deep(std::size_t at) {
  diagnostics_.error(span(at, at), fmt::format("lists and maps are nested more than {} deep", limits_.depth));
  throw Stop{};
}

void YamlBuilder::check_between_documents(std::size_t at) {
  bool ended = !after_document_ || source_.compare(at, 3, "---") == 0;
  std::size_t line_begin = last_end_;
  while (line_begin < at) {
    const std::size_t line_end = std::min(source_.find('\n', line_begin), source_.size());
    const std::string_view line = std::string_view(source_).substr(line_begin, line_end - line_begin);
    const bool whole_line = line_begin == file_->bom_size() || source_[line_begin - 1] == '\n';
    if (whole_line && line.starts_with("...")) ended = true;
    if (whole_line && line.starts_with('%') && !line.starts_with("%YAML ") && !line.starts_with("%TAG ")) {
      diagnostics_.error(span(line_begin, line_begin + line.size()), "unknown YAML directive",
                         "quote text that starts with '%'");
    }
    line_begin = line_end + 1;
  }
  if (!ended) {
    const std::size_t line = file_->line_of(at);
    const std::size_t end = file_->line_begin(line) + file_->line(line).size();
    diagnostics_.error(span(at, end), "text after the end of the document",
                       "line it up with the lines above, quote the whole value, or start a new document with "
                       "'---'");
    throw Stop{};
  }
}

}  // namespace hiveframe::config
