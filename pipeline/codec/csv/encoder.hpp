#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pipeline/codec/csv/output.hpp"
#include "pipeline/codec/encoder.hpp"

namespace hiveframe::codec::csv {

/// Writes a row of the columns given, whatever else a record holds. A value that is absent is null; lists and
/// objects are JSON, bytes base64, times as in JSON. A text that would read as null, or holds what separates
/// fields and rows, stands in quotes.
class CsvEncoder final : public Encoder {
 public:
  explicit CsvEncoder(std::shared_ptr<const Output> output);

  bool encode(record::Draft& draft, record::Arena& into, std::string_view& encoded,
              record::DataError& error) override;

  /// The row of the columns' names.
  static std::string header(const Output& output);

 private:
  bool append(const record::Value& value, const OutputColumn& column, record::DataError& error);

  std::shared_ptr<const Output> output_;
  std::vector<std::vector<std::string_view>> paths_;
  bool plain_numbers_ = true;  // none can be taken for null, or hold what separates fields
  std::string row_;
  record::Arena scratch_;
};

}  // namespace hiveframe::codec::csv
