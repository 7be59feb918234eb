#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "pipeline/record/storage.hpp"

namespace hiveframe::record {

/// Builds values from the bytes of the record that was decoded last. Owned by a worker's decoder.
class LazyTree {
 public:
  virtual ~LazyTree() = default;
  /// The whole value; text may point into the source bytes or the arena.
  virtual Value build(Arena& arena) = 0;
  /// The value below `path` (member names), or nothing where a name is absent or its parent no object.
  virtual std::optional<Value> find(std::span<const std::string_view> path, Arena& arena) = 0;
  /// The same for a value that is only looked at: its text may be gone when the next record is decoded.
  virtual std::optional<Value> glance(std::span<const std::string_view> path, Arena& arena) {
    return find(path, arena);
  }
};

/// One record while transforms may look into it and change it. A worker carries one record at a time
/// through the whole chain, so that a field that is only looked at never costs a tree. Owned by the
/// worker, used by one thread.
class Draft {
 public:
  /// `arena` takes trees: a worker's scratch if every sink takes bytes, else the Storage's own.
  Draft(Storage& storage, Record& record, Arena& arena) noexcept
      : storage_(&storage), record_(&record), arena_(&arena) {}

  /// The whole value, built when first asked for.
  const Value& value() {
    if (!record_->tree) build();
    return record_->value;
  }

  /// The value below `path`, or nothing where it is absent. Costs no tree.
  [[nodiscard]] std::optional<Value> find(std::span<const std::string_view> path);

  /// The same to look at and let go of before the next record.
  [[nodiscard]] std::optional<Value> glance(std::span<const std::string_view> path);

  /// Replaces the value. Its parts stand in arena(), in the old value, or live longer than the batch. The
  /// batch's schema is dropped, for it tells of values as they were.
  void replace(const Value& value) noexcept {
    if (storage_->schema) storage_->schema.reset();
    record_->value = value;
    record_->tree = true;
    record_->changed = true;
  }

  /// The decoder that can build the tree; nullptr when the value is built already.
  void decoded_by(LazyTree* lazy) noexcept { lazy_ = lazy; }

  [[nodiscard]] const Record& record() const noexcept { return *record_; }
  [[nodiscard]] Record& record() noexcept { return *record_; }
  [[nodiscard]] Storage& storage() noexcept { return *storage_; }
  [[nodiscard]] const Storage& storage() const noexcept { return *storage_; }
  /// For parts of a new value, and scratch until the record is done.
  [[nodiscard]] Arena& arena() noexcept { return *arena_; }

 private:
  void build();

  Storage* storage_;
  Record* record_;
  Arena* arena_;
  LazyTree* lazy_ = nullptr;
};

}  // namespace hiveframe::record
