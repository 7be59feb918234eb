#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/record/value.hpp"

namespace hiveframe::codec::csv {

/// What a field's text becomes.
struct FieldType {
  /// string: the text as it is. Nothing: a number or a truth value where it is written as JSON writes one,
  /// else text.
  std::optional<record::Kind> kind = record::Kind::string;

  bool operator==(const FieldType&) const = default;
};

/// How rows are written and what their fields mean: RFC 4180, with these choices. Plain data; whoever makes
/// one has checked that delimiter and quote are different ASCII characters, no letters, digits or ends of
/// lines, and that `null` holds neither of them.
struct Dialect {
  /// Nothing: a comma, or a tab where the file's name says so, see for_file().
  std::optional<char> delimiter;
  char quote = '"';
  /// Reading: the first row names the columns. Writing: it is written.
  bool header = true;
  /// Reading without a header: the columns' names, else column_1, column_2, …
  std::vector<std::string> columns;
  /// A field without quotes and with this text is null.
  std::string null;
  /// Of the columns that `types` does not name; those that it names must be there.
  FieldType type;
  std::vector<std::pair<std::string, FieldType>> types;

  [[nodiscard]] char separator() const noexcept { return delimiter.value_or(','); }
  /// The same for a stream of this name, settled: rows of `x.tsv` and `x.tsv.gz` are separated by tabs,
  /// unless a delimiter was given.
  [[nodiscard]] Dialect for_file(std::string_view name) const;
};

}  // namespace hiveframe::codec::csv
