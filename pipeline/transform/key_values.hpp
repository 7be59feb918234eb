#pragma once

#include <string_view>
#include <vector>

#include "pipeline/record/arena.hpp"
#include "pipeline/record/data_error.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::transform {

/// How a text of names and values is written: `level=info msg="all well" retry` (logfmt).
struct KeyValueSyntax {
  char between_pairs = ' ';  ///< several in a row are one
  char between_both = '=';   ///< name and value
};

/// Reads the text into members: values are text, a name that stands alone is true. A value may stand in
/// double quotes, in which `\"`, `\\`, `\n`, `\r` and `\t` are a quote, a backslash, ends of lines and a tab.
/// Names and values point into `text` or `arena`. False: `error` says what is wrong at which byte, or which
/// name stands there twice.
bool read_key_values(std::string_view text, const KeyValueSyntax& syntax, record::Arena& arena,
                     std::vector<record::Member>& members, record::DataError& error);

}  // namespace hiveframe::transform
