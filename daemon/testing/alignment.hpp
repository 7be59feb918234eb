#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace hiveframe::daemon {

/// Which of two sequences' items belong together. One of the two may be absent.
struct Pair {
  std::optional<std::size_t> expected;
  std::optional<std::size_t> got;
};

/// The pairs in which least is different, in order of both sequences: so that one record that is missing does
/// not make all that follow look wrong. `distance` says how different two items are, from 0 (the same) to 1.
/// Beyond some hundred items a side, items at the same place are paired.
std::vector<Pair> align(std::size_t expected, std::size_t got,
                        const std::function<double(std::size_t expected, std::size_t got)>& distance);

}  // namespace hiveframe::daemon
