#pragma once

#include <string>
#include <vector>

#include "pipeline/record/value.hpp"

namespace hiveframe::daemon {

/// One place at which a record is not as it was expected. Values stand in the records.
struct Difference {
  enum class Kind { other, missing, extra };
  Kind kind;
  std::string path;        ///< "address.lines[0]"; empty: the record itself
  record::Value expected;  ///< unless it is extra
  record::Value got;       ///< unless it is missing
};

/// How a record is to be compared.
enum class Extra {
  counts,   ///< a field that is not expected is a difference
  ignored,  ///< it is none, in the record and in objects within it
};

/// Field by field: numbers are the same if they are the same number, and a field that is absent is not one
/// that is null. What YAML cannot say is expected as the text that JSON output has for it: a timestamp in RFC
/// 3339, a date, a duration like 3.5s, bytes in base64; timestamps with another offset are the same if they
/// are the same time. Differences are in the order of the expected record, extra fields behind.
std::vector<Difference> differences(const record::Value& expected, const record::Value& got,
                                    Extra extra = Extra::counts);

/// How much of a record is other than expected: 0 nothing, 1 everything.
double distance(const record::Value& expected, const record::Value& got);

}  // namespace hiveframe::daemon
