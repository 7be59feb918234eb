#include "config/uri_passwords.hpp"

#include <algorithm>
#include <cctype>

#include "config/interpolation.hpp"
#include "config/scalar_places.hpp"
#include "config/secrets_in_text.hpp"

namespace hiveframe::config {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::string_view white_space = " \t\r\n";

bool is_port(std::string_view text) {
  return text.starts_with("${") || (!text.empty() && text.find_first_not_of("0123456789") == npos);
}

// The same text with `${…}` as digits: what stands in one ends no piece of a URI.
std::string without_references(std::string_view text) {
  std::string masked(text);
  for (const Reference& each : find_references(text)) {
    if (each.end == npos) break;
    std::fill(masked.begin() + static_cast<std::ptrdiff_t>(each.begin),
              masked.begin() + static_cast<std::ptrdiff_t>(each.end), '0');
  }
  return masked;
}

class Scan {
 public:
  Scan(std::string_view text, bool is_uri) : text_(text), is_uri_(is_uri) {}

  // Each part of the text is looked at a fixed number of times: an authority ends at the next `://` at the
  // latest, and the end of a URI is kept for those that begin in it.
  TextRanges run() {
    TextRanges result;
    for (std::size_t at = 0; (at = text_.find("://", at)) != npos;) {
      const std::size_t begin = at + 3;
      if (begin > uri_end_) enter(at);
      at = begin;
      const std::string_view authority = authority_from(begin);
      const std::size_t colon = authority.find(':');
      if (colon == npos || authority.starts_with('[')) continue;
      std::size_t sign = authority.rfind('@');
      if (sign == npos || sign < colon) {
        // The password may hold a character that ends the authority: then what looks like a port is none.
        const std::string_view port = authority.substr(colon + 1);
        if (is_port(port.substr(0, port.find(',')))) continue;
        if (last_sign_ == npos || last_sign_ < begin + colon) continue;
        sign = last_sign_ - begin;
      }
      if (sign > colon + 1) result.emplace_back(begin + colon + 1, begin + sign);
      at = begin + sign;
    }
    return result;
  }

 private:
  // Finds the end of the URI with this `://`, and the last @ in it.
  void enter(std::size_t at) {
    uri_end_ = is_uri_ ? text_.size() : end_of_uri(at);
    const std::size_t sign = text_.substr(0, uri_end_).substr(at).rfind('@');
    last_sign_ = sign == npos ? npos : at + sign;
  }

  std::string_view authority_from(std::size_t begin) const {
    const std::string_view rest = text_.substr(begin, uri_end_ - begin);
    return rest.substr(0, rest.find_first_of("/?#"));
  }

  std::size_t end_of_uri(std::size_t at) const {
    constexpr std::size_t longest = 100;  // of a scheme, and of a key in front of a value
    std::size_t scheme = at;
    while (scheme > 0 && at - scheme < longest && is_of_scheme(text_[scheme - 1]))
      --scheme;
    if (scheme == 0) return text_.size();
    const char before = text_[scheme - 1];
    if (before == '"' || before == '\'') {
      const std::size_t end = end_of_quoted(text_, scheme - 1);
      return end == npos ? text_.size() : std::max(end - 1, at + 3);
    }
    // `key: scheme://…` and `- scheme://…`, outside of brackets: the value ends with its line.
    const std::string_view front = text_.substr(0, scheme);
    const std::string_view bare = front.substr(0, front.find_last_not_of(" \t") + 1);
    const bool is_value = before == ' ' && front.size() <= longest && front.find_first_of("{['\"") == npos &&
                          (bare.empty() || bare.ends_with(':') || bare.ends_with('-'));
    if (!is_value) return std::min(text_.find_first_of(white_space, at), text_.size());
    return std::min({text_.find(" #", at), text_.find_first_of("\r\n", at), text_.size()});
  }

  static bool is_of_scheme(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '.' || c == '-';
  }

  std::string_view text_;
  bool is_uri_;
  std::size_t uri_end_ = 0;
  std::size_t last_sign_ = npos;
};

TextRanges scan(std::string_view text, bool is_uri) {
  if (text.find("://") == npos) return {};
  TextRanges result = Scan(text, is_uri).run();
  if (text.find("${") == npos) return result;
  // A default in a reference may be a URI of its own.
  const std::string masked = without_references(text);
  const TextRanges outside = Scan(masked, is_uri).run();
  result.insert(result.end(), outside.begin(), outside.end());
  return merged(std::move(result));
}

}  // namespace

TextRanges find_passwords(std::string_view text) { return scan(text, false); }

TextRanges find_passwords_in_uri(std::string_view uri) { return scan(uri, true); }

}  // namespace hiveframe::config
