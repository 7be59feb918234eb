#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hiveframe::config {

/// The candidate nearest to `word` by optimal string alignment distance (insert, delete, replace, swap of
/// neighbours), compared without case and with - and _ alike; empty if none is near enough to be a likely
/// slip.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// A hint: "did you mean 'x'?" if one is near, else "one of: a, b, c" (cut when long), else empty.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// a, b or c
std::string join_or(std::span<const std::string> words);

}  // namespace hiveframe::config
