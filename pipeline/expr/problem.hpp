#pragma once

#include <cstddef>
#include <string>

namespace hiveframe::expr {

/// What is wrong with an expression, template or field path as written: bytes [begin, end) of its text,
/// what, and what to do (may be empty). Found when the configuration is read.
struct Problem {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string message;
  std::string hint;
};

/// Why an expression has no value for one record. `message` is complete and says where: "no such operation:
/// string + int at orders.yaml:4:25", or "… at column 12" for a text that stands in no file; of a null, also
/// which field it was and what to write.
struct Failure {
  std::string message;
  std::size_t offset = 0;  ///< byte of the text
};

}  // namespace hiveframe::expr
