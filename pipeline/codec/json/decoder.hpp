#pragma once

#include <cstdint>
#include <simdjson.h>
#include <span>
#include <string_view>

#include "pipeline/codec/decoder.hpp"
#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/codec/json/indexed_lines.hpp"
#include "pipeline/codec/json/large_text.hpp"
#include "pipeline/codec/json/tape_check.hpp"
#include "pipeline/record/arena.hpp"

namespace hiveframe::codec::json {

/// Decodes one JSON text (RFC 8259) a record. simdjson validates and parses; what it refuses or would
/// round is read again by ExactReader; what is long never gets to simdjson, but is looked at where it stands.
/// Nothing is built for a record that nobody looks into. What the decoder holds is bounded, whatever the
/// records: some megabytes at most.
class JsonDecoder final : public Decoder {
 public:
  JsonDecoder();

  /// The longest text that is given to simdjson, in bytes.
  static constexpr std::size_t longest_parsed = 256 * 1024;

  bool decode(record::Draft& draft, record::DataError& error) override;
  void limit_tree(std::size_t bytes) override { most_tree_bytes_ = bytes; }
  [[nodiscard]] std::size_t tree_bytes() const noexcept override;
  [[nodiscard]] bool all_sound(record::Storage& batch) override;
  record::Value build(record::Arena& arena) override;
  std::optional<record::Value> find(std::span<const std::string_view> path, record::Arena& arena) override;
  std::optional<record::Value> glance(std::span<const std::string_view> path, record::Arena& arena) override;

 private:
  /// By what the record decoded last was read.
  enum class ReadBy : std::uint8_t { simdjson, exact_reader, large_text };

  bool parse(record::Draft& draft);
  [[nodiscard]] Tape tape() const noexcept;
  void fit(std::size_t size);
  [[nodiscard]] const record::Value* find_exact(std::span<const std::string_view> path) const;

  simdjson::dom::parser parser_;
  std::size_t capacity_ = 0;
  IndexedLines lines_;
  TapeCheck check_;
  std::string_view source_;

  ExactReader reader_;
  record::Arena exact_arena_;
  record::Value exact_value_;  // of a record that was read exactly
  LargeText large_;
  std::size_t most_tree_bytes_ = SIZE_MAX;
  ReadBy read_by_ = ReadBy::simdjson;

  // Batches that all_sound() does not look at, after some that it did in vain.
  unsigned pause_ = 0;
  unsigned wait_ = 0;
};

}  // namespace hiveframe::codec::json
