#pragma once

#include <re2/re2.h>

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

}  // namespace hiveframe::expr
