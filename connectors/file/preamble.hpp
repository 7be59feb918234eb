#pragma once

#include <string>
#include <string_view>

#include "connectors/file/compression.hpp"
#include "pipeline/interrupt.hpp"

namespace hiveframe::connectors::file {

/// Looks at how the content of an output file that is there begins, for what is appended must fit its header:
/// true if it begins with `preamble`, which ends with an end of line (a byte order mark before it and `\r\n`
/// are no difference), false if it holds nothing. Blocking. Throws Fatal if it begins with something else,
/// Retryable or Interrupted.
bool begins_with_preamble(const std::string& path, Compression compression, std::string_view preamble,
                          const pipeline::Interrupt& interrupt);

}  // namespace hiveframe::connectors::file
