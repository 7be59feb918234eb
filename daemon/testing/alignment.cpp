#include "daemon/testing/alignment.hpp"

#include <algorithm>

namespace hiveframe::daemon {
namespace {

constexpr std::size_t most_compared = 100'000;  // pairs: a table of that many distances

// What an item alone costs, where two that are wholly different cost 1: these are still shown side by side.
constexpr double alone = 0.5;

std::vector<Pair> in_place(std::size_t expected, std::size_t got) {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < std::max(expected, got); ++i) {
    Pair pair;
    if (i < expected) pair.expected = i;
    if (i < got) pair.got = i;
    pairs.push_back(pair);
  }
  return pairs;
}

using Distance = std::function<double(std::size_t, std::size_t)>;

// The edit distance of Wagner and Fischer, from the ends, and then the way along it.
std::vector<Pair> nearest_pairs(std::size_t expected, std::size_t got, const Distance& distance) {
  if (expected * got > most_compared || expected == 0 || got == 0) return in_place(expected, got);
  const std::size_t width = got + 1;
  std::vector<double> rest((expected + 1) * width);
  std::vector<double> between(expected * got);
  for (std::size_t i = expected + 1; i-- > 0;) {
    for (std::size_t j = got + 1; j-- > 0;) {
      double& cost = rest[i * width + j];
      if (i == expected || j == got) {
        cost = alone * static_cast<double>(expected - i + (got - j));
        continue;
      }
      const double here = between[i * got + j] = distance(i, j);
      cost = std::min({here + rest[(i + 1) * width + j + 1], alone + rest[(i + 1) * width + j],
                       alone + rest[i * width + j + 1]});
    }
  }
  std::vector<Pair> pairs;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < expected || j < got) {
    const double cost = rest[i * width + j];
    const bool both = i < expected && j < got;
    if (both && between[i * got + j] + rest[(i + 1) * width + j + 1] <= cost) {
      pairs.push_back({i++, j++});
    } else if (i < expected && alone + rest[(i + 1) * width + j] <= cost) {
      pairs.push_back({i++, std::nullopt});
    } else {
      pairs.push_back({std::nullopt, j++});
    }
  }
  return pairs;
}

}  // namespace

// What is the same at both ends needs no table, and mostly that is everything.
std::vector<Pair> align(std::size_t expected, std::size_t got, const Distance& distance) {
  const std::size_t least = std::min(expected, got);
  std::size_t before = 0;
  while (before < least && distance(before, before) == 0)
    ++before;
  std::size_t behind = 0;
  while (behind < least - before && distance(expected - behind - 1, got - behind - 1) == 0)
    ++behind;
  std::vector<Pair> pairs = in_place(before, before);
  const auto within = [&](std::size_t i, std::size_t j) { return distance(before + i, before + j); };
  for (Pair pair : nearest_pairs(expected - before - behind, got - before - behind, within)) {
    if (pair.expected) *pair.expected += before;
    if (pair.got) *pair.got += before;
    pairs.push_back(pair);
  }
  for (std::size_t i = behind; i > 0; --i)
    pairs.push_back({expected - i, got - i});
  return pairs;
}

}  // namespace hiveframe::daemon
