#include "pipeline/record/data_error.hpp"

namespace hiveframe::record {

const char* name(DataError::Type type) noexcept {
  switch (type) {
    case DataError::Type::syntax:
      return "syntax";
    case DataError::Type::encoding:
      return "encoding";
    case DataError::Type::depth:
      return "depth";
    case DataError::Type::length:
      return "length";
    case DataError::Type::duplicate_key:
      return "duplicate_key";
    case DataError::Type::expression:
      return "expression";
    case DataError::Type::value:
      return "value";
    case DataError::Type::rejected:
      return "rejected";
  }
  return "unknown";
}

}  // namespace hiveframe::record
