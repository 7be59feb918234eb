#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <ostream>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/codec/record_reader.hpp"

namespace hiveframe::codec {

/// Hands a text out in pieces of random size.
class Pieces final : public ByteStream {
 public:
  explicit Pieces(std::string_view text, unsigned seed = 1, std::size_t largest = 1000)
      : text_(text), random_(seed), largest_(largest) {}
  std::size_t read(std::span<char> room) override {
    EXPECT_FALSE(room.empty());
    if (fail_next_) {
      fail_next_ = false;
      throw std::runtime_error("the world is down");
    }
    const std::size_t size = std::min({room.size(), text_.size(), 1 + random_() % largest_});
    if (size > 0) std::memcpy(room.data(), text_.data(), size);
    text_.remove_prefix(size);
    return size;
  }
  void fail_next() { fail_next_ = true; }

 private:
  std::string_view text_;
  std::mt19937 random_;
  std::size_t largest_;
  bool fail_next_ = false;
};

struct Seen {
  std::string bytes;  ///< of a record, or "!" and the error's type for a refusal
  std::uint64_t offset = 0;
  std::uint64_t line = 0;

  bool operator==(const Seen&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  return out << seen.bytes.substr(0, 40) << "@" << seen.offset << " line " << seen.line;
}

inline void collect(const RecordReader::Batch& batch, std::vector<Seen>& seen) {
  std::size_t refusal = 0;
  const auto refused_before = [&](std::size_t i) {
    for (; refusal < batch.refused.size() && batch.refused[refusal].before <= i; ++refusal) {
      const Refusal& refused = batch.refused[refusal];
      seen.push_back(
          {std::string("!") + record::name(refused.error.type), refused.position.offset, refused.line});
    }
  };
  for (std::size_t i = 0; i < batch.storage->records.size(); ++i) {
    refused_before(i);
    const record::Record& record = batch.storage->records[i];
    seen.push_back({std::string(record.original), batch.storage->meta(record, "offset")->as_uint64(),
                    batch.storage->meta(record, "line")->as_uint64()});
  }
  refused_before(batch.storage->records.size());
}

inline std::vector<Seen> read_all(RecordReader& reader, ByteStream& stream) {
  std::vector<Seen> seen;
  for (;;) {
    const RecordReader::Batch batch = reader.read(stream);
    collect(batch, seen);
    if (batch.at_end) return seen;
    EXPECT_FALSE(batch.storage->records.empty() && batch.refused.empty());
  }
}

inline std::vector<Seen> read_all(std::string_view format, std::string_view text, ReadLimits limits = {},
                                  unsigned seed = 1) {
  RecordReader reader(*find_format(format), limits);
  Pieces stream(text, seed);
  return read_all(reader, stream);
}

inline std::vector<std::string> bytes_of(const std::vector<Seen>& all) {
  std::vector<std::string> bytes;
  for (const Seen& seen : all)
    bytes.push_back(seen.bytes);
  return bytes;
}

}  // namespace hiveframe::codec
