#pragma once

#include <string>
#include <string_view>

#include "connectors/postgres/table.hpp"
#include "pipeline/expr/scalar_text.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::connectors::postgres {

/// Writes values as fields of COPY's text format (PostgreSQL's documentation of COPY, "Text Format"): NULL is
/// \N, backslash and control characters are escaped, and what stands between is the input syntax of the
/// column's type. Whether a text is one of that type is the server's to say.
///
/// - null is NULL, whatever the type.
/// - json and jsonb: the value as JSON, so that a text becomes a JSON string.
/// - arrays: a list; a list of lists is an array of two dimensions. A text is taken for an array as SQL
///   writes it.
/// - bytea: bytes, or the octets of a text.
/// - integers: a double without a fraction is an integer; true and false are 1 and 0.
/// - time: a duration is the time since midnight. interval: a duration.
/// - of all others, a text as it is, a number or time as text, a list or an object as JSON.
///
/// Made for many values, one after the other; keeps its room.
class CopyText {
 public:
  /// Appends the field. False: the type cannot hold the value, `problem` says why as a clause ("holds bytes
  /// that are no UTF-8"), and `out` is as it was.
  bool write(const record::Value& value, const Type& type, std::string& out, std::string& problem);

 private:
  /// The value as the type's input function takes it; lives until the next call.
  bool input_text(const record::Value& value, const Type& type, std::string_view& text, std::string& problem);
  bool json_text(const record::Value& value, std::string_view& text, std::string& problem);
  std::string_view hex_text(std::string_view octets);
  bool scalar_text(const record::Value& value, const Type& type, std::string_view& text,
                   std::string& problem);
  bool write_array(const record::Value& list, const Type& type, std::string& out, std::string& problem);

  record::Arena arena_;
  expr::ScalarRoom room_{};
  std::string scratch_;
  std::string array_;
};

/// Appends text with what COPY's text format gives a meaning escaped.
void escape_for_copy(std::string_view text, std::string& out);

}  // namespace hiveframe::connectors::postgres
