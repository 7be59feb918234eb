#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pipeline/codec/json/known_shapes.hpp"
#include "pipeline/codec/json/tape.hpp"

namespace hiveframe::codec::json {

/// Finds what simdjson lets pass: members named twice and numbers that it rounds. One thread at a time.
class TapeCheck {
 public:
  /// False: the record may hold such a thing, and must be read exactly. `source` is what was parsed.
  bool passes(const Tape& tape, const char* source);

 private:
  /// An element of the tape and its mark; index 0 says that the record must be read exactly.
  struct Place {
    std::size_t i;
    const std::uint32_t* mark;
  };

  Place object(Place at, std::size_t names);
  Place list(Place at, std::size_t names);
  Place after_value(Place at, std::size_t names);
  bool differ(std::span<const std::uint64_t> names);

  KnownShapes known_;
  const Tape* tape_ = nullptr;
  const char* source_ = nullptr;
  // Hashes of the names of the objects that are open; an object's begin at the index it is given.
  std::vector<std::uint64_t> names_ = std::vector<std::uint64_t>(64);
  std::vector<std::uint64_t> table_;  // scratch of differ()
};

}  // namespace hiveframe::codec::json
