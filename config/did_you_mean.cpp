#include "config/did_you_mean.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

#include "config/text.hpp"

namespace hiveframe::config {
namespace {

std::string folded(std::string_view word) {
  std::string out;
  for (const char c : word)
    out += c == '-' || c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Optimal string alignment, with three rows.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

// Whether so many slips make the one of the other: a third of the letters at most, and whoever slips twice
// still begins with the right one.
bool is_slip(std::string_view wanted, std::string_view candidate, std::size_t slips) {
  if (wanted.size() <= 2) return slips == 0;
  if (slips > std::clamp<std::size_t>(wanted.size() / 3, 1, 3)) return false;
  return slips <= 1 || candidate.starts_with(wanted.front());
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t longest = 64;  // beyond it no option's name is near
  if (word.empty() || word.size() > longest) return {};
  const std::string wanted = folded(word);
  std::string best;
  std::size_t best_distance = longest;
  for (const std::string& each : candidates) {
    if (each.size() > longest) continue;
    const std::string candidate = folded(each);
    const std::size_t d = distance(wanted, candidate);
    if (d < best_distance && is_slip(wanted, candidate, d)) {
      best_distance = d;
      best = each;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::string near = nearest(word, candidates);
  if (!near.empty()) return fmt::format("did you mean '{}'?", near);
  if (candidates.empty()) return {};
  constexpr std::size_t shown = 20;
  std::string out = candidates.size() == 1 ? "known: " : "one of: ";
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (i == shown) {
      out += ", …";
      break;
    }
    if (i) out += ", ";
    out += candidates[i];
  }
  return out;
}

std::string join_or(std::span<const std::string> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

}  // namespace hiveframe::config
