#include "config/uri_passwords.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace hiveframe::config {
namespace {

constexpr std::size_t npos = std::string_view::npos;

// The passwords of a text's URIs; `uri_end_from(begin)` is the end of the one whose authority begins there.
template <typename UriEnd>
TextRanges passwords(std::string_view text, UriEnd uri_end_from) {
  TextRanges result;
  for (std::size_t at = 0; (at = text.find("://", at)) != npos;) {
    const std::size_t begin = at += 3;
    const std::size_t uri_end = uri_end_from(begin);
    const std::size_t end = std::min(text.find_first_of("/?#", begin), uri_end);
    const std::size_t colon = text.find(':', begin);
    if (colon >= end || text.substr(begin).starts_with('[')) continue;
    std::size_t sign = text.substr(0, end).rfind('@');
    if (sign == npos || sign < colon) {
      // The password may hold a character that ends the authority: then what looks like a port is none.
      const std::string_view port = text.substr(colon + 1, std::min(text.find(',', colon), end) - colon - 1);
      if (port.starts_with("${") || (!port.empty() && port.find_first_not_of("0123456789") == npos)) continue;
      sign = text.substr(0, uri_end).rfind('@');
      if (sign == npos || sign < colon) continue;
    }
    if (sign > colon + 1) result.emplace_back(colon + 1, sign);
    at = sign;
  }
  return result;
}

bool sounds_secret(std::string_view name) {
  std::string lower;
  for (const char c : name)
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  constexpr std::array<std::string_view, 6> words = {"password", "passwd", "token",
                                                     "secret",   "apikey", "api_key"};
  const bool named = std::any_of(words.begin(), words.end(),
                                 [&](std::string_view word) { return lower.find(word) != npos; });
  return named || lower.ends_with("key") || lower == "sig" || lower == "signature";
}

}  // namespace

TextRanges find_passwords(std::string_view text) {
  // A comma may divide two URIs in a list, or two hosts; a quote may stand in a password.
  return passwords(text, [&](std::size_t begin) {
    return std::min({text.find_first_of(" \t\r\n", begin), text.find("://", begin), text.size()});
  });
}

TextRanges find_passwords_in_uri(std::string_view uri) {
  return passwords(uri, [&](std::size_t) { return uri.size(); });
}

std::string to_display(std::string_view uri) {
  TextRanges hidden = find_passwords_in_uri(uri);
  const std::size_t query = uri.find('?');
  for (std::size_t from = query; from < uri.size();) {
    const std::size_t begin = from + 1;
    const std::size_t end = std::min(uri.find('&', begin), uri.size());
    const std::size_t equals = uri.find('=', begin);
    if (equals < end && equals + 1 < end && sounds_secret(uri.substr(begin, equals - begin)))
      hidden.emplace_back(equals + 1, end);
    from = end;
  }
  std::string out;
  std::size_t done = 0;
  std::sort(hidden.begin(), hidden.end());
  for (const auto& [begin, end] : hidden) {
    if (begin >= done) {
      out += uri.substr(done, begin - done);
      out += "***";
    }
    done = std::max(done, end);
  }
  out += uri.substr(done);
  return out;
}

}  // namespace hiveframe::config
