#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hiveframe::config {

using TextRanges =
    std::vector<std::pair<std::size_t, std::size_t>>;  ///< each [begin, end), one after the other

/// The passwords of every `scheme://user:password@` in a text that may hold URIs, such as a line of a file. A
/// URI that is a whole value, or stands in quotes, may hold white space; any other ends there. In time linear
/// in the text.
TextRanges find_passwords(std::string_view text);
/// Those of a text that is a URI, in which a password may hold anything.
TextRanges find_passwords_in_uri(std::string_view uri);

}  // namespace hiveframe::config
