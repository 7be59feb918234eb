#pragma once

#include <span>
#include <string_view>

#include "pipeline/record/value.hpp"

namespace hiveframe::record {

/// What some sources give beside the value. In the Storage's arena; absent where a source has none.
struct Envelope {
  Value key;
  Value timestamp;                  ///< when the event happened, as the source says; null if it does not
  std::span<const Member> headers;  ///< in the order of the source; names may repeat
};

/// One record: plain data whose pointers go into its Storage, valid as long as that.
struct Record {
  Value value;                  ///< the tree; only meaningful when `tree` is set
  std::string_view original;    ///< the bytes it came in, in the Storage's format; empty if it had none
  const Value* meta = nullptr;  ///< one for each of the Storage's meta names; null: none, or derived
  const Envelope* envelope = nullptr;
  bool tree = false;        ///< `value` is built
  bool changed = false;     ///< the value is no longer that of `original`
  bool one_line = false;    ///< `original` is known to hold no end of line
  bool valid_utf8 = false;  ///< `original` is known to be UTF-8
};

static_assert(sizeof(Record) <= 64, "a record's bookkeeping stays within a cache line");

}  // namespace hiveframe::record
