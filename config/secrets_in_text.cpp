#include "config/secrets_in_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "config/interpolation.hpp"
#include "config/scalar_places.hpp"

namespace hiveframe::config {
namespace {

constexpr std::size_t npos = std::string_view::npos;

bool is_of_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.' || c == '%';
}

// `?name=value` and `&name=value`; a value ends at one of `ends`.
void add_parameters(std::string_view text, std::string_view ends, TextRanges& found) {
  for (std::size_t at = 0; (at = text.find_first_of("?&", at)) != npos;) {
    const std::size_t begin = ++at;
    while (at < text.size() && is_of_name(text[at]))
      ++at;
    if (at == begin || at == text.size() || text[at] != '=') continue;
    const std::string_view name = text.substr(begin, at - begin);
    const std::size_t value = at + 1;
    at = std::min(text.find_first_of(ends, value), text.size());
    std::size_t end = at;
    // What closes the value around the URI is no part of it.
    if (ends.size() > 1) {
      while (end > value && std::string_view("'\"]},;:").find(text[end - 1]) != npos &&
             !is_mere_reference(text.substr(value, end - value)))
        --end;
    }
    if (end > value && sounds_secret(name)) found.emplace_back(value, end);
  }
}

void leave_references(std::string_view text, TextRanges& ranges) {
  std::erase_if(ranges, [&](const auto& each) {
    return is_mere_reference(text.substr(each.first, each.second - each.first));
  });
}

// One past the value of a key, which begins here and is not empty.
std::size_t end_of_value(std::string_view line, std::size_t begin, bool in_braces) {
  if (line[begin] == '"' || line[begin] == '\'') {
    const std::size_t end = end_of_quoted(line, begin);
    if (end == npos) return line.size();
    // Text after the closing quote is a mistake, and meant as part of the value.
    const std::size_t next = line.find_first_not_of(" \t", end);
    if (next == npos || line[next] == '#' || (in_braces && std::string_view(",]}").find(line[next]) != npos))
      return end;
  }
  std::string_view value = line.substr(begin);
  if (in_braces) value = value.substr(0, std::max<std::size_t>(value.find_first_of(",}"), 1));
  value = value.substr(0, value.find(" #"));
  return begin + value.find_last_not_of(" \t") + 1;
}

// In a text that is broken, what was hidden may have kept something else from being seen for what it is.
template <typename Find>
std::string hide_until_none(Find find, std::string_view text) {
  constexpr int most = 8;
  std::string shown(text);
  for (int i = 0; i < most; ++i) {
    std::string next = replaced(shown, find(shown));
    if (next == shown) return shown;
    shown = std::move(next);
  }
  return "***";
}

}  // namespace

bool sounds_secret(std::string_view name) {
  std::string lower;
  for (const char c : name)
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  // Slips too: passwort, pasword.
  constexpr std::array<std::string_view, 7> words = {"passw",  "pasw",   "passphrase", "token",
                                                     "secret", "apikey", "api_key"};
  const bool named = std::any_of(words.begin(), words.end(),
                                 [&](std::string_view word) { return lower.find(word) != npos; });
  return named || lower.ends_with("key") || lower == "sig" || lower == "signature" || lower == "pwd";
}

bool is_mere_reference(std::string_view text) {
  if (!text.starts_with("${") || text.find(":-") != npos) return false;
  const std::vector<Reference> references = find_references(text);
  return references.size() == 1 && references[0].begin == 0 && references[0].end == text.size();
}

TextRanges find_secrets(std::string_view text) {
  TextRanges found = find_passwords(text);
  if (text.find('=') != npos) add_parameters(text, "& \t\r\n", found);
  leave_references(text, found);
  return merged(std::move(found));
}

TextRanges find_secrets_in_uri(std::string_view uri) {
  TextRanges found = find_passwords_in_uri(uri);
  if (uri.find('=') != npos) add_parameters(uri, "&", found);
  return merged(std::move(found));
}

TextRanges find_secret_values(std::string_view line) {
  TextRanges found;
  bool in_braces = false;
  std::size_t name = 0;  // where the word that was last seen begins
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '#' && (at == 0 || line[at - 1] == ' ')) break;
    in_braces = in_braces || c == '{';
    if (c != ':') {
      if (!is_of_name(c) && c != '"' && c != '\'') name = at + 1;
      continue;
    }
    const std::string_view key = line.substr(name, at - name);
    name = at + 1;
    // A space that is missing is a mistake in YAML; `://` is no key.
    if (line.substr(at + 1).starts_with("//")) continue;
    const std::size_t value = line.find_first_not_of(" \t", at + 1);
    // `key: record.id` is what a record is known by.
    if (value == npos || key == "key" || !sounds_secret(key.substr(0, key.find_last_not_of("'\"") + 1)))
      continue;
    const std::size_t end = end_of_value(line, value, in_braces);
    if (end == value) continue;
    found.emplace_back(value, end);
    name = at = end - 1;
  }
  leave_references(line, found);
  return found;
}

bool stands_in_secret_value(std::string_view line, std::size_t offset) {
  // Its key is near, and lines may be long.
  constexpr std::size_t near = 200;
  const std::size_t begin = offset - std::min(offset, near);
  const TextRanges found = find_secret_values(line.substr(begin, 2 * near));
  return std::any_of(found.begin(), found.end(), [&](const auto& each) {
    return begin + each.first <= offset && offset < begin + each.second;
  });
}

TextRanges merged(TextRanges ranges) {
  std::sort(ranges.begin(), ranges.end());
  TextRanges result;
  for (const auto& [begin, end] : ranges) {
    if (!result.empty() && begin <= result.back().second) {
      result.back().second = std::max(result.back().second, end);
    } else {
      result.emplace_back(begin, end);
    }
  }
  return result;
}

std::string replaced(std::string_view text, const TextRanges& ranges) {
  std::string out;
  std::size_t done = 0;
  for (const auto& [begin, end] : ranges) {
    out += text.substr(done, begin - done);
    out += "***";
    done = end;
  }
  out += text.substr(done);
  return out;
}

std::string without_secrets(std::string_view text) {
  return hide_until_none([](std::string_view each) { return find_secrets(each); }, text);
}

std::string value_without_secrets(std::string_view value) {
  const auto find = [](std::string_view each) {
    TextRanges found = find_secrets_in_uri(each);
    leave_references(each, found);
    return found;
  };
  return hide_until_none(find, value);
}

std::string to_display(std::string_view uri) {
  const auto find = [](std::string_view each) {
    TextRanges found = find_secrets_in_uri(each);
    const TextRanges on_a_line = find_passwords(each);
    found.insert(found.end(), on_a_line.begin(), on_a_line.end());
    return merged(std::move(found));
  };
  return hide_until_none(find, uri);
}

}  // namespace hiveframe::config
