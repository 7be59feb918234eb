#include "daemon/testing/shown_value.hpp"

#include <algorithm>

#include "config/utf8.hpp"
#include "daemon/testing/test_input.hpp"
#include "pipeline/record/kind_name.hpp"

namespace hiveframe::daemon {
namespace {

constexpr std::size_t longest = 160;      // code points
constexpr std::size_t shown_before = 40;  // of a difference

// `count` code points of a text from the byte `begin` on, which begins one.
std::string excerpt(std::string_view text, std::size_t begin, std::size_t count) {
  std::string out(begin > 0 ? "…" : "");
  std::size_t at = begin;
  for (; at < text.size() && count > 0; --count) {
    const config::CodePoint point = config::code_point_at(text, at);
    if (point.valid && !config::is_unprintable(point.value)) {
      out += text.substr(at, point.size);
    } else {
      out += "\uFFFD";
    }
    at += point.size;
  }
  if (at < text.size()) out += "…";
  return out;
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count)
    at += config::code_point_at(text, at).size;
  return count;
}

// Where to begin, so that what stands at `difference` is seen with some of what is before it.
std::size_t begin_before(std::string_view text, std::size_t difference) {
  const std::size_t most = std::min(difference, text.size());
  std::size_t at = 0;
  for (std::size_t left = code_points(text.substr(0, most)); left > shown_before; --left)
    at += config::code_point_at(text, at).size;
  return at;
}

}  // namespace

std::string shown_text(std::string_view bytes) { return excerpt(bytes, 0, longest); }

std::string shown(const record::Value& value) { return shown_text(json_of(value)); }

std::pair<std::string, std::string> shown(const record::Value& expected, const record::Value& got) {
  const std::string left = json_of(expected);
  const std::string right = json_of(got);
  if (left == right)
    return {shown_text(left) + ", " + std::string(with_article(expected.kind())),
            shown_text(right) + ", " + std::string(with_article(got.kind()))};
  if (code_points(left) <= longest && code_points(right) <= longest)
    return {shown_text(left), shown_text(right)};
  const auto [first, second] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  std::size_t difference = static_cast<std::size_t>(first - left.begin());
  while (difference > 0 && difference < left.size() &&
         (static_cast<unsigned char>(left[difference]) & 0xC0) == 0x80)
    --difference;
  const std::size_t begin = begin_before(left, difference);
  return {excerpt(left, begin, longest), excerpt(right, begin, longest)};
}

}  // namespace hiveframe::daemon
