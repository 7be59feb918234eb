#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pipeline/record/arena.hpp"
#include "pipeline/record/buffer.hpp"
#include "pipeline/record/record.hpp"
#include "pipeline/record/schema.hpp"

namespace hiveframe::record {

/// What a budget holds for a Storage: gives it back when destroyed. Implemented by the runtime.
class Charge {
 public:
  virtual ~Charge() = default;
  /// The Storage now holds `bytes`. Never waits; may overdraw.
  virtual void resize(std::size_t bytes) = 0;
  /// The same if there is room for it now; else false, and nothing changes.
  virtual bool try_resize(std::size_t bytes) = 0;
};

class Storage;

/// Metadata that need not stand with each record, because it can be worked out when somebody asks: what the
/// `name`-th of the Storage's meta names is for one of its records; no text, list or object. Any thread may
/// call it.
using DerivedMeta = std::function<Value(const Storage& storage, const Record& record, std::size_t name)>;

/// The memory of one batch: source buffers, an arena for trees and metadata, and the records that
/// point into them. One thread fills it and the transforms edit it; behind a shared_ptr<const Storage>
/// it is immutable and any thread may read it. Its bytes are charged until the last slice lets go.
class Storage {
 public:
  Storage() = default;
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  std::vector<Record> records;
  Arena arena;

  /// Takes a buffer that records will point into.
  Buffer& add(Buffer buffer);

  /// The format that `Record::original` is in: Format::wire, e.g. "json"; empty: none.
  std::string_view format;
  /// Where all originals stand, when they do so in order with one end of line, '\n', behind each: from the
  /// first byte of the first to the last byte of the last, behind which may stand no more. Empty: not known.
  std::string_view lines;
  /// Names of the per-record metadata; static strings of the connector.
  std::span<const std::string_view> meta_names;
  /// Gives it for records whose `meta` is null; may be null, too.
  DerivedMeta derived_meta;
  /// Metadata that all records of the batch have in common; in the arena.
  std::span<const Member> shared_meta;
  /// The columns that the originals have, by which their decoder reads them; null in formats without.
  std::shared_ptr<const Schema> columns;
  /// By what else their decoder reads the originals (the schemas of Avro), as its format has it; values may
  /// point into it. Null in formats without.
  std::shared_ptr<const void> schemas;
  /// What the values are, if the source knows; null: it does not, or a transform has changed one of them.
  std::shared_ptr<const Schema> schema;
  /// Whose notes on these records, kept elsewhere, are good: a mark of a decoder that looked ahead.
  std::shared_ptr<const void> indexed_by;
  /// When the batch was read: `now` of its expressions.
  std::chrono::system_clock::time_point read_at;

  /// Whether the originals are in the format of that wire name. Asked for each record, so no call of memcmp.
  template <std::size_t N>
  [[nodiscard]] bool is_in(const char (&wire)[N]) const noexcept {
    return format.size() == N - 1 && __builtin_memcmp(format.data(), wire, N - 1) == 0;
  }
  /// Whether `lines` still tells of all the records.
  [[nodiscard]] bool all_in_lines() const noexcept {
    return lines.data() != nullptr && !records.empty() && records.front().original.data() == lines.data() &&
           records.back().original.data() + records.back().original.size() == lines.data() + lines.size();
  }

  /// The metadata `name` of a record of this Storage, if it has any.
  [[nodiscard]] std::optional<Value> meta(const Record& record, std::string_view name) const;
  /// The value of each of `meta_names` for a record; empty if it has none of its own.
  [[nodiscard]] std::span<const Value> own_meta(const Record& record, Arena& into) const;
  /// All metadata of a record as one object.
  Value meta_object(const Record& record, Arena& into) const;

  /// Bytes held from the system.
  [[nodiscard]] std::size_t footprint() const noexcept;

  /// Ties the Storage to a budget and charges what it holds now. `reserved` is what the charge holds already:
  /// that much is kept, for what is yet to be added, until recharge().
  void charge_to(std::unique_ptr<Charge> charge, std::size_t reserved = 0);
  /// Whether what it holds, with another block of its arena, is charged, or can be without overdrawing; true
  /// without a budget.
  [[nodiscard]] bool has_room();
  /// Takes over the charge of a Storage whose records it copied.
  void take_charge_of(Storage& other);
  /// Charges what it holds now; to be called when trees or output were added.
  void recharge();

 private:
  std::vector<Buffer> buffers_;
  std::size_t buffer_bytes_ = 0;
  std::unique_ptr<Charge> charge_;
  std::size_t charged_ = 0;
};

}  // namespace hiveframe::record
