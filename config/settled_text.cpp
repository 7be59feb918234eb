#include "config/settled_text.hpp"

#include <algorithm>
#include <utility>

#include "config/interpolation.hpp"
#include "config/secrets_in_text.hpp"

namespace hiveframe::config {
namespace {

class Fingerprint {
 public:
  explicit Fingerprint(const Environment& environment) : environment_(environment) {}

  void add(const Node& node) {
    switch (node.kind()) {
      case Node::Kind::null:
        bytes_ += 'n';
        return;
      case Node::Kind::scalar:
        // `"1"` is text, and `1` may be a number.
        bytes_ += core_type(node) == CoreType::text ? 't' : 'p';
        add(node.text());
        return;
      case Node::Kind::list:
        add_size('l', node.items().size());
        for (const Node& item : node.items())
          add(item);
        return;
      case Node::Kind::map:
        add(node.entries());
        return;
    }
  }
  void add(const std::vector<Entry>& entries) {
    add_size('m', entries.size());
    for (const Entry& entry : entries) {
      add(entry.key);
      add(entry.value);
    }
  }

  std::string take() { return std::move(bytes_); }

 private:
  // Sizes come first, so that no two values run into each other.
  void add_size(char kind, std::size_t size) {
    bytes_ += kind;
    bytes_ += std::to_string(size);
    bytes_ += ':';
  }
  void add(std::string_view text) {
    add_size('s', text.size());
    bytes_ += text;
  }
  // Each reference by itself: `${A}/${B}` in a URI is two pieces, whatever they hold.
  void add(const LocatedText& text) {
    add(text.view());
    for (const Reference& reference : find_references(text.view())) {
      if (reference.end == std::string_view::npos) return;
      Diagnostics unheard;
      const std::optional<LocatedText> value =
          interpolate(text.part(reference.begin, reference.end - reference.begin), environment_, unheard);
      if (value) add(value->view());
    }
  }

  const Environment& environment_;
  std::string bytes_;
};

}  // namespace

Secret fingerprint(const Node& document, const Environment& environment,
                   std::span<const std::string_view> left_out) {
  Fingerprint result(environment);
  if (document.is_map()) {
    std::vector<Entry> entries = document.entries();
    std::erase_if(entries, [&](const Entry& entry) {
      return std::find(left_out.begin(), left_out.end(), entry.key.view()) != left_out.end();
    });
    result.add(entries);
  } else {
    result.add(document);
  }
  return Secret(result.take());
}

std::string shown_source(const Span& span, const std::vector<Span>& concealed) {
  if (!span.has_place()) return {};
  const std::string_view text =
      std::string_view(span.file->content()).substr(span.begin, span.end - span.begin);
  TextRanges hidden = find_secrets(text);
  for (const Span& each : concealed) {
    const std::size_t begin = std::max(each.begin, span.begin);
    const std::size_t end = std::min(each.end, span.end);
    if (each.file == span.file && begin < end) hidden.emplace_back(begin - span.begin, end - span.begin);
  }
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    for (const auto& [from, to] : find_secret_values(text.substr(begin, end - begin)))
      hidden.emplace_back(begin + from, begin + to);
    begin = end + 1;
  }
  return replaced(text, merged(std::move(hidden)));
}

}  // namespace hiveframe::config
