#pragma once

#include <string>
#include <vector>

#include "config/source_file.hpp"

namespace hiveframe::daemon {

/// A line of what is said of a test that failed. The text has no end of line and may be cut by nobody.
struct ComplaintLine {
  enum class Role {
    heading,   ///< what went wrong
    expected,  ///< what was wanted
    got,       ///< what there was
    detail,
  };
  Role role;
  std::string text;
};

/// What went wrong in one test; empty: nothing.
using Complaint = std::vector<ComplaintLine>;

/// " (expected in line 24)", of the test's file; nothing for what stands nowhere.
inline std::string expected_in(const config::Span& place) {
  return place.has_place() ? " (expected in line " + std::to_string(place.position().line) + ")" : "";
}

}  // namespace hiveframe::daemon
