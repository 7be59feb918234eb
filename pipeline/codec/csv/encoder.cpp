#include "pipeline/codec/csv/encoder.hpp"

#include <algorithm>
#include <array>

#include "pipeline/codec/byte_order_mark.hpp"
#include "pipeline/codec/json/writer.hpp"
#include "pipeline/record/kind_name.hpp"
#include "pipeline/record/number.hpp"

namespace hiveframe::codec::csv {
namespace {

using record::Kind;
using record::Value;

bool needs_quotes(std::string_view text, const Dialect& dialect) noexcept {
  // At the beginning of a stream a byte order mark is not part of the text.
  if (text == dialect.null || text.starts_with(byte_order_mark)) return true;
  const char separator = dialect.separator();
  return std::ranges::any_of(text, [separator, quote = dialect.quote](char c) {
    return c == separator || c == quote || c == '\n' || c == '\r';
  });
}

// Whether a number or a truth value could be taken for something else.
bool is_like_number(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.';
}

void append_text(std::string_view text, const Dialect& dialect, std::string& row) {
  if (!needs_quotes(text, dialect)) {
    row += text;
    return;
  }
  row += dialect.quote;
  for (const char c : text) {
    if (c == dialect.quote) row += c;
    row += c;
  }
  row += dialect.quote;
}

}  // namespace

CsvEncoder::CsvEncoder(std::shared_ptr<const Output> output) : output_(std::move(output)) {
  const Dialect& dialect = output_->dialect;
  plain_numbers_ = !is_like_number(dialect.separator()) && !is_like_number(dialect.quote) &&
                   std::ranges::none_of(dialect.null, is_like_number);
  for (const OutputColumn& column : output_->columns)
    paths_.emplace_back(column.path.begin(), column.path.end());
}

std::string CsvEncoder::header(const Output& output) {
  std::string row;
  for (const OutputColumn& column : output.columns) {
    if (&column != &output.columns.front()) row += output.dialect.separator();
    append_text(column.name, output.dialect, row);
  }
  return row.append(text_of(output.line_end));
}

bool CsvEncoder::encode(record::Draft& draft, record::Arena& into, std::string_view& encoded,
                        record::DataError& error) {
  row_.clear();
  scratch_.reset();
  const char separator = output_->dialect.separator();
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    if (i > 0) row_ += separator;
    const std::optional<Value> value = draft.glance(paths_[i]);
    if (!append(value.value_or(Value()), output_->columns[i], error)) return false;
  }
  // A row of one column that is null would be a blank line, which readers pass over.
  if (row_.empty()) row_.append(2, output_->dialect.quote);
  const std::size_t size = row_.size();
  row_ += text_of(output_->line_end);
  encoded = into.copy(row_).substr(0, size);
  return true;
}

bool CsvEncoder::append(const Value& value, const OutputColumn& column, record::DataError& error) {
  if (value.is_null()) {
    row_ += output_->dialect.null;
    return true;
  }
  if (value.is(Kind::string)) {
    append_text(value.text(), output_->dialect, row_);
    return true;
  }
  if (value.is(Kind::int64) && plain_numbers_) {
    std::array<char, record::max_number_text> number;
    row_.append(number.data(), record::write_integer(value.as_int64(), number.data()));
    return true;
  }
  json::Writer writer(scratch_);
  if (!writer.write(value)) {
    error = {record::DataError::Type::value, "column '" + column.name + "': " + writer.problem()};
    return false;
  }
  std::string_view text = writer.finish();
  // Times and bytes are strings in JSON, whose characters need no escapes.
  if (text.starts_with('"')) text = text.substr(1, text.size() - 2);
  append_text(text, output_->dialect, row_);
  return true;
}

}  // namespace hiveframe::codec::csv
