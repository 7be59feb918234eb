#include "config/uri.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

#include "config/interpolation.hpp"
#include "config/uri_passwords.hpp"
#include "config/utf8.hpp"

namespace hiveframe::config {
namespace {

constexpr std::size_t npos = std::string_view::npos;

// Looks for characters outside of `${…}`.
class Cutter {
 public:
  explicit Cutter(std::string_view text) : text_(text), references_(find_references(text)) {}

  // First of `characters` in [begin, end), or end.
  std::size_t find(std::string_view characters, std::size_t begin, std::size_t end) const {
    for (std::size_t i = begin; i < end; ++i) {
      if (const Reference* reference = at(i)) {
        if (reference->end >= end) return end;
        i = reference->end - 1;
      } else if (characters.find(text_[i]) != npos) {
        return i;
      }
    }
    return end;
  }

  // Last one, or npos.
  std::size_t find_last(char character, std::size_t begin, std::size_t end) const {
    std::size_t last = npos;
    for (std::size_t i = begin; (i = find({&character, 1}, i, end)) < end; ++i)
      last = i;
    return last;
  }

  bool has_reference(std::size_t begin, std::size_t end) const {
    const auto first =
        std::lower_bound(references_.begin(), references_.end(), begin,
                         [](const Reference& each, std::size_t value) { return each.begin < value; });
    return first != references_.end() && first->begin < end;
  }

  // The reference that begins here.
  const Reference* at(std::size_t offset) const {
    const auto found =
        std::lower_bound(references_.begin(), references_.end(), offset,
                         [](const Reference& each, std::size_t value) { return each.begin < value; });
    return found != references_.end() && found->begin == offset ? &*found : nullptr;
  }

 private:
  std::string_view text_;
  std::vector<Reference> references_;
};

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

// Length of `scheme` in front of "://", or 0 (RFC 3986, 3.1).
std::size_t scheme_length(std::string_view text) {
  const std::size_t end = text.find("://");
  if (end == npos || end == 0 || !std::isalpha(static_cast<unsigned char>(text[0]))) return 0;
  const bool sound =
      std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end),
                  [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '.' || c == '-'; });
  return sound ? end : 0;
}

class Splitter {
 public:
  Splitter(const LocatedText& text, Diagnostics& diagnostics)
      : text_(text), view_(text.view()), cutter_(view_), diagnostics_(diagnostics) {}

  std::optional<Uri> run(std::size_t scheme) {
    uri_.form = Uri::Form::uri;
    uri_.whole = text_;
    uri_.scheme = text_.part(0, scheme);
    const std::string_view name = view_.substr(0, scheme);
    if (name == "http" || name == "https") return std::move(uri_);
    const std::size_t fragment = cutter_.find("#", 0, view_.size());
    if (fragment < view_.size())
      error(fragment, view_.size(), "a '#' begins a fragment, which has no meaning here",
            "write %23 if it belongs to the text");
    const std::size_t begin = scheme + 3;
    const std::size_t path = cutter_.find("/?", begin, fragment);
    const std::size_t query = cutter_.find("?", path, fragment);
    authority(begin, path, fragment);
    uri_.path = text_.part(path, query - path);
    if (query < fragment) parameters(query + 1, fragment);
    if (failed_) return std::nullopt;
    return std::move(uri_);
  }

 private:
  void error(std::size_t begin, std::size_t end, std::string message, std::string hint = {}) {
    diagnostics_.error(text_.span(begin, end), std::move(message), std::move(hint));
    failed_ = true;
  }

  void authority(std::size_t begin, std::size_t end, std::size_t uri_end) {
    const std::size_t at = cutter_.find_last('@', begin, end);
    std::size_t hosts = begin;
    if (at != npos) {
      const std::size_t colon = cutter_.find(":", begin, at);
      uri_.user = text_.part(begin, colon - begin);
      if (colon < at) {
        uri_.password = text_.part(colon + 1, at - colon - 1);
        uri_.password->mark_secret();
      }
      hosts = at + 1;
    } else if (const TextRanges cut = find_passwords_in_uri(view_.substr(0, uri_end)); !cut.empty()) {
      const auto [from, to] = cut.front();
      error(from, to, "the password is cut off by one of '/', '?', '#'",
            "percent-encode it (%2F, %3F, %23), or take it from a variable: ${PASSWORD}");
      return;
    }
    uri_.authority_hosts = text_.part(hosts, end - hosts);
    if (hosts == end) return;
    for (std::size_t from = hosts; from <= end;) {
      const std::size_t to = cutter_.find(",", from, end);
      host(from, to);
      from = to + 1;
    }
  }

  void host(std::size_t begin, std::size_t end) {
    if (begin == end) {
      error(begin, end, "a host's name is missing");
      return;
    }
    Uri::Host host;
    host.both = text_.part(begin, end - begin);
    std::size_t colon = end;
    if (view_[begin] == '[') {
      const std::size_t close = cutter_.find("]", begin, end);
      if (close == end || (close + 1 < end && view_[close + 1] != ':')) {
        error(begin, end, "broken brackets around an IPv6 address", "write [::1]:9092");
        return;
      }
      host.name = text_.part(begin + 1, close - begin - 1);
      colon = close + 1;
    } else {
      colon = cutter_.find(":", begin, end);
      if (colon < end && cutter_.find(":", colon + 1, end) < end) {
        error(begin, end, "more than one ':' in a host", "an IPv6 address stands in brackets: [::1]:9092");
        return;
      }
      host.name = text_.part(begin, colon - begin);
    }
    if (colon < end) {
      const std::string_view port = view_.substr(colon + 1, end - colon - 1);
      if (!cutter_.has_reference(colon, end) && (port.empty() || !all_digits(port) || port.size() > 5)) {
        error(colon + 1, end,
              port.empty() ? "a port is missing after ':'" : "the port is no number from 1 to 65535");
        return;
      }
      host.port = text_.part(colon + 1, end - colon - 1);
    }
    uri_.hosts.push_back(std::move(host));
  }

  void parameters(std::size_t begin, std::size_t end) {
    for (std::size_t from = begin; from <= end;) {
      const std::size_t to = cutter_.find("&", from, end);
      const std::size_t equals = cutter_.find("=", from, to);
      if (from == to) {
        error(from, to, "an empty query parameter", "remove the '&' or '?'");
      } else if (equals == to || equals == from) {
        error(from, to,
              fmt::format("query parameter {} has no {}", text_.part(from, to - from).quoted(),
                          equals == from ? "name" : "value"),
              "write name=value");
      } else {
        uri_.query.push_back({text_.part(from, equals - from), text_.part(equals + 1, to - equals - 1)});
      }
      from = to + 1;
    }
  }

  const LocatedText& text_;
  std::string_view view_;
  Cutter cutter_;
  Diagnostics& diagnostics_;
  Uri uri_;
  bool failed_ = false;
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<Uri> split_uri(const LocatedText& text, std::span<const std::string> words,
                             Diagnostics& diagnostics) {
  if (text.empty()) {
    diagnostics.error(text.span(), "expected a URI or a path, found an empty text");
    return std::nullopt;
  }
  const std::size_t scheme = scheme_length(text.view());
  if (scheme > 0) return Splitter(text, diagnostics).run(scheme);
  Uri uri;
  uri.form =
      std::find(words.begin(), words.end(), text.view()) != words.end() ? Uri::Form::word : Uri::Form::path;
  uri.whole = text;
  uri.path = text;
  return uri;
}

std::optional<LocatedText> percent_decode(const LocatedText& text, Diagnostics& diagnostics) {
  if (text.view().find('%') == npos) return text;
  const std::string_view view = text.view();
  const Cutter cutter(view);
  LocatedText result(text.span());
  if (text.secret()) result.mark_secret();
  bool sound = true;
  for (std::size_t i = 0; i < view.size();) {
    if (const Reference* reference = cutter.at(i)) {
      const std::size_t end = std::min(reference->end, view.size());
      result.append(text, i, end - i);
      i = end;
      continue;
    }
    if (view.substr(i).starts_with("$${")) {
      result.append(text, i, 3);
      i += 3;
      continue;
    }
    char byte = view[i];
    std::size_t size = 1;
    if (byte == '%') {
      const int high = i + 1 < view.size() ? hex_digit(view[i + 1]) : -1;
      const int low = i + 2 < view.size() ? hex_digit(view[i + 2]) : -1;
      if (high < 0 || low < 0 || (high == 0 && low == 0)) {
        const Span place = text.span(i, std::min(i + 3, view.size()));
        if (high == 0 && low == 0) {
          diagnostics.error(place, "'%00' cannot stand in a URI: no name holds that character");
        } else {
          diagnostics.error(place, "'%' is not followed by the code of a character",
                            "write %25 for a literal '%'");
        }
        sound = false;
        ++i;
        continue;
      }
      byte = static_cast<char>(high * 16 + low);
      size = 3;
    }
    const Span place = text.span(i, i + size);
    // Decoding must not make a reference.
    if (byte == '{' && result.view().ends_with('$')) result.append_replaced("$", place.begin, place.begin);
    result.append_replaced({&byte, 1}, place.begin, place.end);
    i += size;
  }
  if (sound && find_invalid_utf8(result.view()) != npos) {
    diagnostics.error(text.span(), "not valid UTF-8 after percent-decoding");
    sound = false;
  }
  if (!sound) return std::nullopt;
  return result;
}

std::vector<LocatedText> split_outside_references(const LocatedText& text, char separator) {
  const Cutter cutter(text.view());
  std::vector<LocatedText> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = cutter.find({&separator, 1}, from, text.size());
    parts.push_back(text.part(from, to - from));
    from = to + 1;
  }
  return parts;
}

}  // namespace hiveframe::config
