#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace hiveframe::fuzz {

/// A finding, unless `condition` holds.
inline void require(bool condition, const char* what, std::string_view details = {}) {
  if (condition) return;
  std::fprintf(stderr, "finding: %s\n", what);
  std::fwrite(details.data(), 1, details.size(), stderr);
  std::fputc('\n', stderr);
  std::abort();
}

}  // namespace hiveframe::fuzz
