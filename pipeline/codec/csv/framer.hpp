#pragma once

#include <memory>
#include <string>

#include "pipeline/codec/csv/dialect.hpp"
#include "pipeline/codec/csv/row_end.hpp"
#include "pipeline/codec/framer.hpp"

namespace hiveframe::codec::csv {

/// A record is a row; `\n` or `\r\n` ends it, but for those in quotes. Blank lines and a byte order mark
/// before the first row are passed over. The first row makes the columns: it names them, or, without a
/// header, says how many there are. Columns of one name are told apart as `name_2`; one without a name is
/// `column_3`, by its place.
class CsvFramer final : public Framer {
 public:
  explicit CsvFramer(std::shared_ptr<const Dialect> dialect);

  std::size_t scan(std::string_view window, bool at_end, std::size_t limit,
                   std::vector<Frame>& frames) override;
  Skipped skip(std::string_view window, bool at_end) override;
  [[nodiscard]] std::uint64_t lines() const noexcept override { return line_; }
  /// Holds the first row, which a stream that goes on in its middle does not come past again.
  [[nodiscard]] std::string save() const override;
  [[nodiscard]] std::string save_before(const Frame& frame) const override;
  bool restore(std::string_view saved) override;
  [[nodiscard]] std::shared_ptr<const record::Schema> columns() const override { return columns_; }

 private:
  [[nodiscard]] std::string saved(std::uint64_t line, bool with_first_row) const;
  void forget_first_row();
  /// What is wrong with it, or nullptr.
  const char* take_first_row(std::string_view row);
  [[nodiscard]] std::shared_ptr<const record::Schema> columns_of(std::vector<std::string> names) const;

  std::shared_ptr<const Dialect> dialect_;
  RowEnd row_;
  std::uint64_t line_ = 0;
  std::size_t searched_ = 0;  // bytes at the next window's start that row_ has seen
  bool at_start_ = true;
  bool first_row_known_ = false;  // it has been seen, or is not needed
  std::string first_row_;
  std::string problem_;                            // what is wrong with it
  std::shared_ptr<const record::Schema> columns_;  // null: not known yet, or the first row was no good
};

}  // namespace hiveframe::codec::csv
