#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "pipeline/record/storage.hpp"

namespace hiveframe::record {

/// Which records of a Storage one sink gets, and what the workers prepared for it. Immutable once
/// slices are made of it; its text stands in the Storage.
struct Selection {
  std::vector<std::uint32_t> records;     ///< indexes into Storage::records, rising
  std::vector<std::string_view> encoded;  ///< one a record, in the sink's format; empty if it takes trees
  bool originals = false;  ///< the sink gets the bytes that the records came in; `encoded` is empty
  std::vector<std::string_view> computed;  ///< `computed_columns` a record: the sink's per-record settings
  std::size_t computed_columns = 0;
  /// `encoded`, with the delimiter behind each record, as stretches of memory; empty unless every record has
  /// its delimiter behind it and nothing was computed. Lines that nobody changed make one run.
  std::vector<std::string_view> runs;
  std::size_t bytes = 0;           ///< of all its records, as encoded or as they came in
  std::size_t original_bytes = 0;  ///< of all its records, as they came in
};

/// Some records of a Storage, in order. Cheap to copy and to cut; any thread may read it. Holding a
/// slice holds its Storage's bytes.
class Slice {
 public:
  Slice() = default;
  Slice(std::shared_ptr<const Storage> storage, std::shared_ptr<const Selection> selection)
      : storage_(std::move(storage)), selection_(std::move(selection)), end_(selection_->records.size()) {}

  [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
  [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }

  [[nodiscard]] const Record& operator[](std::size_t i) const noexcept {
    return storage_->records[selection_->records[begin_ + i]];
  }
  /// The i-th record in the sink's format, without a delimiter; the byte behind it may be read, so that
  /// a sink can see that its neighbour follows there. Only for sinks that take bytes.
  [[nodiscard]] std::string_view encoded(std::size_t i) const noexcept {
    return selection_->originals ? (*this)[i].original : selection_->encoded[begin_ + i];
  }
  /// What the sink's `column`-th per-record setting came to for the i-th record.
  [[nodiscard]] std::string_view computed(std::size_t i, std::size_t column) const noexcept {
    return selection_->computed[(begin_ + i) * selection_->computed_columns + column];
  }
  [[nodiscard]] const Storage& storage() const noexcept { return *storage_; }

  /// All its records with their delimiters as stretches of memory; empty: go record by record.
  [[nodiscard]] std::span<const std::string_view> runs() const noexcept {
    return is_whole() ? std::span<const std::string_view>(selection_->runs)
                      : std::span<const std::string_view>();
  }

  /// The records [begin, end) of this slice.
  [[nodiscard]] Slice part(std::size_t begin, std::size_t end) const;
  /// Bytes of its records, as encoded or as they came in: what batches are measured by.
  [[nodiscard]] std::size_t bytes() const noexcept;
  /// The same of its i-th record.
  [[nodiscard]] std::size_t bytes(std::size_t i) const noexcept {
    return selection_->encoded.empty() ? (*this)[i].original.size() : encoded(i).size();
  }

 private:
  [[nodiscard]] bool is_whole() const noexcept {
    return selection_ != nullptr && begin_ == 0 && end_ == selection_->records.size();
  }

  std::shared_ptr<const Storage> storage_;
  std::shared_ptr<const Selection> selection_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace hiveframe::record
