#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/codec/json/tape.hpp"

namespace hiveframe::codec::json {

/// Finds what simdjson lets pass: members named twice and numbers that it rounds. One thread at a time.
class TapeCheck {
 public:
  /// False: the record may hold such a thing, and must be read exactly. `source` is what was parsed.
  bool passes(const Tape& tape, const char* source);

 private:
  bool object();
  bool list();
  bool value();
  bool integer();
  bool real();
  bool names_differ(std::size_t first);

  Tape const* tape_ = nullptr;
  const char* source_ = nullptr;
  std::size_t at_ = 0;                   // in the tape
  const std::uint32_t* mark_ = nullptr;  // of the element at_
  std::vector<std::uint64_t> names_;     // hashes, of the objects that are open
};

}  // namespace hiveframe::codec::json
