#include "pipeline/codec/csv/framer.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "pipeline/codec/byte_order_mark.hpp"
#include "pipeline/codec/csv/fields.hpp"
#include "pipeline/codec/utf8.hpp"

namespace hiveframe::codec::csv {
namespace {

// It is stored with every position.
constexpr std::size_t longest_header = 1024 * 1024;

std::uint64_t ends_of_lines(const char* begin, const char* end) noexcept {
  return static_cast<std::uint64_t>(std::count(begin, end, '\n'));
}

// "id", "id", "" are id, id_2, column_3; a name that is there already is not taken again.
std::vector<std::string> told_apart(std::vector<std::string> names) {
  std::set<std::string, std::less<>> taken;
  for (const std::string& name : names)
    if (!name.empty()) taken.insert(name);
  std::set<std::string, std::less<>> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) {
      names[i] = "column_" + std::to_string(i + 1);
      if (!taken.contains(names[i])) {
        seen.insert(names[i]);
        continue;
      }
    }
    if (seen.insert(names[i]).second) continue;
    std::string name;
    std::size_t number = 2;
    do {
      name = names[i] + "_" + std::to_string(number++);
    } while (taken.contains(name) || seen.contains(name));
    seen.insert(name);
    names[i] = std::move(name);
  }
  return names;
}

}  // namespace

CsvFramer::CsvFramer(std::shared_ptr<const Dialect> dialect)
    : dialect_(std::move(dialect)), row_(dialect_->separator(), dialect_->quote) {
  forget_first_row();
}

std::size_t CsvFramer::scan(std::string_view window, bool at_end, std::size_t limit,
                            std::vector<Frame>& frames) {
  std::size_t at = 0;
  if (at_start_) {
    const std::optional<std::size_t> text = text_begin(window, at_end);
    if (!text) return 0;
    at = *text;
    at_start_ = false;
  }
  const char* const data = window.data();
  const char* const window_end = data + window.size();
  const char* begin = data + at;
  const char* search = std::max(begin, data + searched_);
  row_.new_window();
  searched_ = 0;
  while (limit > 0 && begin != window_end) {
    const char* const newline = row_.find(search, window_end);
    if (newline == nullptr && !at_end) {
      searched_ = static_cast<std::size_t>(window_end - begin);
      break;
    }
    const char* end = newline != nullptr ? newline : window_end;
    const char* const next = newline != nullptr ? newline + 1 : window_end;
    if (newline != nullptr && end != begin && end[-1] == '\r') --end;
    const std::uint64_t line = line_;
    line_ += 1 + (row_.had_quotes() ? ends_of_lines(begin, end) : 0);
    row_.reset();
    if (begin != end) {
      const std::string_view row(begin, static_cast<std::size_t>(end - begin));
      const char* problem = nullptr;
      bool is_record = true;
      if (!first_row_known_) {
        problem = take_first_row(row);
        is_record = !dialect_->header || problem != nullptr;
      }
      if (is_record) {
        frames.push_back(
            {static_cast<std::size_t>(begin - data), static_cast<std::size_t>(end - data), line, problem});
        --limit;
      }
    }
    begin = search = next;
  }
  return static_cast<std::size_t>(begin - data);
}

const char* CsvFramer::take_first_row(std::string_view row) {
  std::vector<Field> fields;
  record::DataError error;
  const bool is_sound = is_utf8(row) && split(row, dialect_->separator(), dialect_->quote, fields, error);
  // Without a header it is a record like others, which the decoder refuses; the next one is the first, then.
  if (!dialect_->header && !is_sound) return nullptr;
  first_row_known_ = true;
  if (dialect_->header && row.size() > longest_header) {
    problem_ = "the header is longer than 1 MiB";
    return problem_.c_str();
  }
  first_row_ = row;
  if (!is_sound) {
    problem_ = "the header is no good: " + (error.message.empty() ? "it is not UTF-8" : error.message);
    return problem_.c_str();
  }
  // A file whose lines end so is one row, and would be a header without records.
  const auto has_return = [](const Field& field) {
    return !field.quoted && field.text.find('\r') != std::string_view::npos;
  };
  if (dialect_->header && std::ranges::any_of(fields, has_return)) {
    problem_ = "the header holds a carriage return outside of quotes: lines end with \\n or \\r\\n";
    return problem_.c_str();
  }
  std::vector<std::string> names;
  record::Arena arena;
  for (const Field& field : fields)
    names.emplace_back(dialect_->header ? text_of(field, dialect_->quote, arena) : std::string_view());
  // How many there are is all that is wanted of it then, however long it is.
  if (!dialect_->header) first_row_ = std::string(names.size() - 1, dialect_->separator());
  if (first_row_.empty()) first_row_.append(2, dialect_->quote);
  names = told_apart(std::move(names));
  for (const auto& [column, type] : dialect_->types) {
    if (std::ranges::find(names, column) != names.end()) continue;
    problem_ = "there is no column '" + column + "', which 'types' names";
    // Without a header it is a record, and which one is the first is not known where reading goes on.
    return dialect_->header ? problem_.c_str() : nullptr;
  }
  columns_ = columns_of(std::move(names));
  return nullptr;
}

std::shared_ptr<const record::Schema> CsvFramer::columns_of(std::vector<std::string> names) const {
  auto schema = std::make_shared<record::Schema>();
  for (std::string& name : names) {
    FieldType type = dialect_->type;
    for (const auto& [column, its_type] : dialect_->types)
      if (column == name) type = its_type;
    schema->columns.push_back({std::move(name), type.kind, true, false});
  }
  return schema;
}

Framer::Skipped CsvFramer::skip(std::string_view window, bool at_end) {
  if (window.empty()) return {0, 0, at_end};
  // A '\r' may be half an end of line.
  const std::size_t size = !at_end && window.ends_with('\r') ? window.size() - 1 : window.size();
  const char* const data = window.data();
  row_.new_window();
  const char* const newline = row_.find(data + std::min(searched_, size), data + size);
  searched_ = 0;
  std::size_t end = newline != nullptr ? static_cast<std::size_t>(newline - data) : size;
  if (row_.had_quotes()) line_ += ends_of_lines(data, data + end);
  if (newline == nullptr && !at_end) return {end, end, false};
  const std::size_t next = newline != nullptr ? end + 1 : end;
  if (newline != nullptr && end > 0 && window[end - 1] == '\r') --end;
  ++line_;
  row_.reset();
  // Were it the header, nobody has read it: the rows have no columns.
  first_row_known_ = first_row_known_ || dialect_->header;
  return {end, next, true};
}

std::string CsvFramer::save() const { return at_start_ ? std::string() : saved(line_, first_row_known_); }

std::string CsvFramer::save_before(const Frame& frame) const {
  const bool is_bad_header = frame.problem != nullptr;
  return saved(frame.line, first_row_known_ && !is_bad_header);
}

std::string CsvFramer::saved(std::uint64_t line, bool with_first_row) const {
  std::string text = std::to_string(line);
  if (with_first_row) text.append("\n").append(first_row_);
  return text;
}

bool CsvFramer::restore(std::string_view saved) {
  std::uint64_t line = 0;
  bool first_row_known = false;
  if (!saved.empty()) {
    const auto [end, error] = std::from_chars(saved.data(), saved.data() + saved.size(), line);
    if (error != std::errc()) return false;
    saved.remove_prefix(static_cast<std::size_t>(end - saved.data()));
    first_row_known = saved.starts_with('\n');
    if (!saved.empty() && !first_row_known) return false;
    at_start_ = false;
  } else {
    at_start_ = true;
  }
  line_ = line;
  searched_ = 0;
  row_.reset();
  forget_first_row();
  if (!first_row_known) return true;
  saved.remove_prefix(1);
  first_row_known_ = true;
  if (!saved.empty()) take_first_row(saved);
  return true;
}

void CsvFramer::forget_first_row() {
  first_row_.clear();
  first_row_known_ = !dialect_->header && !dialect_->columns.empty();
  columns_ = first_row_known_ ? columns_of(dialect_->columns) : nullptr;
}

}  // namespace hiveframe::codec::csv
