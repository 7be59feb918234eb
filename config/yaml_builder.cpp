#include "config/yaml_builder.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

#include "config/utf8.hpp"
#include "config/yaml_line.hpp"

namespace hiveframe::config {
namespace {

/// yaml-cpp makes one byte of each of the escapes \N and \_ (U+0085, U+00A0); the source is UTF-8, so that
/// no other byte stands alone.
std::string with_whole_characters(const std::string& value) {
  if (find_invalid_utf8(value) == std::string::npos) return value;
  std::string whole;
  for (std::size_t at = 0; at < value.size();) {
    const CodePoint point = code_point_at(value, at);
    append_utf8(whole, point.valid ? point.value : static_cast<unsigned char>(value[at]));
    at += point.size;
  }
  return whole;
}

}  // namespace

YamlBuilder::YamlBuilder(SourceFilePtr file, Diagnostics& diagnostics, const YamlLimits& limits)
    : file_(std::move(file)), source_(file_->content()), diagnostics_(diagnostics), limits_(limits) {
  last_end_ = file_->bom_size();
}

std::size_t YamlBuilder::offset(const YAML::Mark& mark) const {
  const std::size_t at = mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos);
  return std::min(at + file_->bom_size(), source_.size());
}

std::vector<std::size_t> YamlBuilder::open_brackets() const {
  std::vector<std::size_t> result;
  for (const Frame& frame : frames_)
    if (frame.bracketed) result.push_back(frame.begin);
  return result;
}

void YamlBuilder::OnDocumentStart(const YAML::Mark& mark) {
  const std::size_t at = offset(mark);
  check_between_documents(at);
  anchors_.clear();
  root_ = Node::null(Span{file_, at, at});
  nodes_ = 0;
  bytes_ = 0;
  last_end_ = std::max(last_end_, at);
  if (source_.compare(at, 3, "---") == 0) last_end_ = at + 3;
}

void YamlBuilder::OnDocumentEnd() {
  documents_.push_back(root_);
  after_document_ = true;
}

void YamlBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  std::size_t at = offset(mark);
  if (anchor != YAML::NullAnchor) {
    const Properties properties = skip_properties(source_, at);
    check_tag(properties);
    at = properties.content_begin;
  }
  count(at, 1, 0);
  const std::size_t length = null_literal(at);
  if (length > 0) last_end_ = at + length;
  const Span span = length > 0 ? Span{file_, at, at + length} : place_of_omitted(at);
  if (length == 0) check_colon();
  add(Node::null(span), anchor, length > 0 ? source_.substr(at, length) : "");
}

void YamlBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const std::size_t at = offset(mark);
  const std::size_t end = std::min(source_.find_first_of(" \t\r\n,[]{}", at), source_.size());
  const auto found = anchors_.find(anchor);
  last_end_ = end;
  if (found == anchors_.end()) {
    diagnostics_.error(
        Span{file_, at, end},
        fmt::format("{} refers to the value it stands in", quote(source_.substr(at, end - at))),
        "a value cannot contain itself");
    throw Stop{};
  }
  const Node node = found->second;
  count(at, node.node_count(), node.text_size());
  if (frames_.size() + node.depth() > limits_.depth) too_deep(at);
  add(node, YAML::NullAnchor);
}

void YamlBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& given) {
  const std::string value = with_whole_characters(given);
  const Properties properties = skip_properties(source_, offset(mark));
  check_tag(properties);
  const std::size_t at = properties.content_begin;
  count(at, 1, value.size());
  const bool plain = properties.tag_end > properties.tag_begin ? !starts_quoted(at) : tag == "?";
  std::optional<LocatedText> text = locate_scalar(file_, at, value, plain);
  if (!text) {
    diagnostics_.error(Span{file_, at, at + 1}, "this quote is never closed",
                       fmt::format("add a closing {} where the text ends", source_[at]));
    throw Stop{};
  }
  last_end_ = std::max(at, text->span().end);
  if (properties.tag_end > properties.tag_begin) {
    // A tag alone is text whose quotes were forgotten, not a value that is missing.
    if (plain && value.empty()) *text = tag_as_text(properties);
    diagnostics_.damaged(span(properties.tag_begin, std::max(properties.tag_end, text->span().end)));
  }
  add(Node::scalar(std::move(*text), !plain), anchor);
}

void YamlBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value style) {
  open(mark, tag, anchor, style, false);
}

void YamlBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value style) {
  open(mark, tag, anchor, style, true);
}

void YamlBuilder::open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style, bool is_map) {
  std::size_t at = offset(mark);
  const bool tagged = tag != "?" && !tag.empty();
  if (anchor != YAML::NullAnchor || tagged) {
    const Properties properties = skip_properties(source_, at);
    check_tag(properties);
    at = properties.content_begin;
  }
  count(at, 1, 0);
  if (frames_.size() >= limits_.depth) too_deep(at);
  Frame frame;
  frame.is_map = is_map;
  frame.flow = style == YAML::EmitterStyle::Flow;
  frame.begin = at;
  frame.bracketed = frame.flow && at < source_.size() && (source_[at] == '[' || source_[at] == '{');
  frame.anchor = anchor;
  last_end_ = std::max(last_end_, frame.bracketed ? at + 1 : at);
  frames_.push_back(std::move(frame));
}

void YamlBuilder::close() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  if (frame.bracketed) {
    std::size_t at = skip_blank(source_, last_end_);
    while (at < source_.size() && (source_[at] == ',' || source_[at] == ':'))
      at = skip_blank(source_, at + 1);
    const bool closed = at < source_.size() && (source_[at] == ']' || source_[at] == '}');
    if (closed) last_end_ = at + 1;
  }
  const Span whole = span(frame.begin, std::max(frame.begin, last_end_));
  add(frame.is_map ? Node::map(whole, merged_entries(frame)) : Node::list(whole, std::move(frame.items)),
      frame.anchor);
}

void YamlBuilder::add(const Node& node, YAML::anchor_t anchor, std::string_view literal) {
  if (anchor != YAML::NullAnchor) anchors_[anchor] = node;
  if (frames_.empty()) {
    root_ = node;
    return;
  }
  Frame& frame = frames_.back();
  if (!frame.is_map) {
    frame.items.push_back(node);
  } else if (!frame.has_key) {
    take_key(frame, node, literal);
  } else {
    frame.has_key = false;
    if (!frame.key_is_sound) return;
    if (frame.key_is_merge) {
      merge(frame, node);
    } else {
      frame.entries.push_back({std::move(frame.key), node});
    }
  }
}

void YamlBuilder::take_key(Frame& frame, const Node& node, std::string_view literal) {
  frame.has_key = true;
  frame.key_is_sound = false;
  frame.key = node.is_scalar() ? node.text() : LocatedText(node.span());
  if (!node.is_scalar()) {
    const bool braces = node.is_map() && source_.compare(node.span().begin, 1, "{") == 0;
    const std::size_t outer = frame.begin;
    if (braces && frame.flow && node.span().begin == outer + 1) {
      report_bare_template(outer);
    } else if (frame.bracketed && outer > 0 && source_[outer - 1] == '{') {
      // `{{ [a] }}`: its outer brace says what is wrong.
    } else if (node.is_null() && literal.empty()) {
      diagnostics_.error(node.span(), "a key is missing in front of ':'");
    } else {
      diagnostics_.error(node.span(), "a key must be text",
                         node.is_null() ? fmt::format("write '{}' in quotes", literal) : "");
    }
    return;
  }
  const std::string& name = node.text().str();
  const std::size_t line = file_->line_of(node.span().begin);
  const auto [known, added] = frame.lines.emplace(name, line);
  if (!added) {
    diagnostics_.error(node.span(), fmt::format("repeated key {}", node.text().quoted()),
                       fmt::format("it stands on line {} already", known->second));
    return;
  }
  frame.key_is_sound = true;
  frame.key_is_merge = name == "<<" && !node.quoted();
}

void YamlBuilder::merge(Frame& frame, const Node& value) {
  std::vector<Node> maps;
  if (value.is_map()) maps.push_back(value);
  if (value.is_list()) maps = value.items();
  const bool sound =
      !maps.empty() && std::all_of(maps.begin(), maps.end(), [](const Node& each) { return each.is_map(); });
  if (!sound) {
    diagnostics_.error(value.span(), "'<<' takes a map or a list of maps", "for example <<: *defaults");
    return;
  }
  for (Node& map : maps)
    frame.merges.push_back({frame.entries.size(), std::move(map)});
}

std::vector<Entry> YamlBuilder::merged_entries(Frame& frame) {
  if (frame.merges.empty()) return std::move(frame.entries);
  std::vector<Entry> result;
  std::size_t next = 0;
  const auto own_until = [&](std::size_t end) {
    for (; next < end; ++next)
      result.push_back(std::move(frame.entries[next]));
  };
  for (const Merge& merge : frame.merges) {
    own_until(merge.position);
    for (const Entry& entry : merge.map.entries())
      if (frame.lines.emplace(entry.key.str(), 0).second) result.push_back(entry);
  }
  own_until(frame.entries.size());
  return result;
}

}  // namespace hiveframe::config
