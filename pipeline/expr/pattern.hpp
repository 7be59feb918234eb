#pragma once

#include <re2/re2.h>
#include <string>

namespace hiveframe::expr {

/// How matches() reads a pattern: RE2's syntax over UTF-8, quiet about errors, with bounded memory.
inline const re2::RE2::Options& pattern_options() {
  static const re2::RE2::Options options = [] {
    re2::RE2::Options made;
    made.set_log_errors(false);
    made.set_max_mem(8 << 20);
    return made;
  }();
  return options;
}

/// What is wrong with a pattern that is not ok, without the pattern once more.
inline std::string pattern_problem(const re2::RE2& pattern) {
  std::string text = pattern.error();
  const std::string repeated = ": " + pattern.pattern();
  if (text.ends_with(repeated)) text.resize(text.size() - repeated.size());
  return text;
}

}  // namespace hiveframe::expr
