#include "pipeline/codec/csv/decoder.hpp"

#include <algorithm>
#include <string>

#include "pipeline/codec/neighbours.hpp"
#include "pipeline/codec/utf8.hpp"
#include "pipeline/record/from_text.hpp"
#include "pipeline/record/kind_name.hpp"

namespace hiveframe::codec::csv {
namespace {

using record::DataError;
using record::Kind;
using record::Value;

constexpr std::size_t longest_quoted = 100;  // bytes of a field in a message

// In single quotes, not longer than a message can bear, and cut between characters.
std::string shown(std::string_view text) {
  std::size_t size = std::min(text.size(), longest_quoted);
  while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
    --size;
  return "'" + std::string(text.substr(0, size)) + (size < text.size() ? "…'" : "'");
}

}  // namespace

bool CsvDecoder::decode(record::Draft& draft, DataError& error) {
  const std::string_view row = draft.record().original;
  if (columns_ != draft.storage().columns) look_at_columns(draft.storage().columns);
  if (!draft.record().valid_utf8 && !are_utf8_together(neighbours_of(draft, validated_together))) {
    if (std::optional<DataError> malformed = utf8_error(row)) {
      error = std::move(*malformed);
      return false;
    }
  }
  if (!split(row, dialect_->separator(), dialect_->quote, fields_, error)) return false;
  if (!columns_) {
    error = {DataError::Type::syntax, dialect_->header
                                          ? "the columns are not known, for the header was refused"
                                          : "the first row has not all columns that 'types' names"};
    return false;
  }
  if (fields_.size() != names_.size()) {
    error = {DataError::Type::syntax, wrong_width(fields_.size(), names_.size())};
    return false;
  }
  if (!typed_.empty() && !convert(draft.arena(), error)) return false;
  draft.decoded_by(this);
  return true;
}

void CsvDecoder::look_at_columns(std::shared_ptr<const record::Schema> columns) {
  columns_ = std::move(columns);
  names_.clear();
  typed_.clear();
  if (!columns_) return;
  for (const auto& column : columns_->columns) {
    if (column.kind != Kind::string) typed_.push_back(names_.size());
    names_.push_back(column.name);
  }
  values_.resize(typed_.size());
}

// What is not text is made now, for that is how it is checked.
bool CsvDecoder::convert(record::Arena& arena, DataError& error) {
  for (std::size_t i = 0; i < typed_.size(); ++i) {
    const Field& field = fields_[typed_[i]];
    if (is_null(field)) {
      values_[i] = {};
      continue;
    }
    const std::optional<Kind> kind = columns_->columns[typed_[i]].kind;
    const std::string_view text = text_of(field, dialect_->quote, arena);
    if (!kind) {
      values_[i] = field.quoted ? Value::string(text) : record::guess_from_text(text);
    } else if (const std::optional<Value> value = record::from_text(text, *kind)) {
      values_[i] = *value;
    } else {
      error = {DataError::Type::value, "column '" + std::string(names_[typed_[i]]) + "' holds " +
                                           shown(text) + ", which is not " +
                                           std::string(with_article(*kind))};
      return false;
    }
  }
  return true;
}

bool CsvDecoder::is_null(const Field& field) const noexcept {
  return !field.quoted && field.text == dialect_->null;
}

Value CsvDecoder::text_in(std::size_t column, record::Arena& arena) const {
  const Field& field = fields_[column];
  return is_null(field) ? Value() : Value::string(text_of(field, dialect_->quote, arena));
}

Value CsvDecoder::value_of(std::size_t column, record::Arena& arena) const {
  const auto typed = std::ranges::lower_bound(typed_, column);
  if (typed == typed_.end() || *typed != column) return text_in(column, arena);
  return values_[static_cast<std::size_t>(typed - typed_.begin())];
}

std::size_t CsvDecoder::tree_bytes() const noexcept {
  std::size_t bytes = fields_.size() * sizeof(record::Member);
  for (const Field& field : fields_)
    bytes += field.doubled ? field.text.size() : 0;
  return bytes;
}

Value CsvDecoder::build(record::Arena& arena) {
  const std::span<record::Member> members = arena.array<record::Member>(fields_.size());
  std::size_t column = 0;
  for (std::size_t i = 0; i < typed_.size(); ++i) {
    for (; column < typed_[i]; ++column)
      members[column] = {names_[column], text_in(column, arena)};
    members[column] = {names_[column], values_[i]};
    ++column;
  }
  for (; column < members.size(); ++column)
    members[column] = {names_[column], text_in(column, arena)};
  return Value::object(members);
}

std::optional<Value> CsvDecoder::find(std::span<const std::string_view> path, record::Arena& arena) {
  if (path.empty()) return build(arena);
  if (path.size() > 1) return std::nullopt;
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (record::same_text(names_[i], path.front())) return value_of(i, arena);
  return std::nullopt;
}

}  // namespace hiveframe::codec::csv
