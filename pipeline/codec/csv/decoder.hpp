#pragma once

#include <memory>
#include <vector>

#include "pipeline/codec/csv/dialect.hpp"
#include "pipeline/codec/csv/fields.hpp"
#include "pipeline/codec/decoder.hpp"

namespace hiveframe::codec::csv {

/// A record is an object with a member for each column of Storage::columns. A row with more or fewer fields
/// is refused, and so is a field that is not of its column's type.
class CsvDecoder final : public Decoder {
 public:
  explicit CsvDecoder(std::shared_ptr<const Dialect> dialect) : dialect_(std::move(dialect)) {}

  bool decode(record::Draft& draft, record::DataError& error) override;
  [[nodiscard]] std::size_t tree_bytes() const noexcept override;
  record::Value build(record::Arena& arena) override;
  std::optional<record::Value> find(std::span<const std::string_view> path, record::Arena& arena) override;

 private:
  void look_at_columns(std::shared_ptr<const record::Schema> columns);
  bool convert(record::Arena& arena, record::DataError& error);
  [[nodiscard]] record::Value text_in(std::size_t column, record::Arena& arena) const;
  [[nodiscard]] record::Value value_of(std::size_t column, record::Arena& arena) const;
  [[nodiscard]] bool is_null(const Field& field) const noexcept;

  std::shared_ptr<const Dialect> dialect_;
  std::shared_ptr<const record::Schema> columns_;  // of the batch that was decoded last
  std::vector<std::string_view> names_;            // of these
  std::vector<std::size_t> typed_;                 // those that are not text, rising
  std::vector<Field> fields_;
  std::vector<record::Value> values_;  // of typed_, in their order
};

}  // namespace hiveframe::codec::csv
