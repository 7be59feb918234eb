#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/record/arena.hpp"
#include "pipeline/record/data_error.hpp"

namespace hiveframe::codec::csv {

/// One field of a row, as it stands there.
struct Field {
  std::string_view text;  ///< without the quotes around it
  bool quoted = false;
  bool doubled = false;  ///< it holds quotes, each written twice
};

/// Splits a row, without its end of line, into `fields`. False: `error` says what is wrong with which field.
bool split(std::string_view row, char delimiter, char quote, std::vector<Field>& fields,
           record::DataError& error);

/// The field's text with each doubled quote written once: in `arena` if it has any, else where it stood.
std::string_view text_of(const Field& field, char quote, record::Arena& arena);

/// What is wrong with a row of so many fields: "the row has 1 field for 2 columns".
std::string wrong_width(std::size_t fields, std::size_t columns);

}  // namespace hiveframe::codec::csv
