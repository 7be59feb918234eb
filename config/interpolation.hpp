#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/environment.hpp"
#include "config/text.hpp"

namespace hiveframe::config {

/// Replaces `${VAR}`, `${VAR:-default}`, `${VAR:?why}`, `${file:/path}` (one final newline dropped; a
/// relative path starts at the file's folder) and `${credential:NAME}` (of $CREDENTIALS_DIRECTORY) inside one
/// scalar;
/// `$${` is a literal `${`. Replaced text is not looked at again. `:-` and `:?` treat an empty variable as a
/// missing one, as the shell does. Text from files and credentials makes the result secret. Nothing if there
/// was an error, which is then reported.
std::optional<LocatedText> interpolate(const LocatedText& text, const Environment& environment,
                                       Diagnostics& diagnostics);

/// A `${…}` in a text, braces included; end is npos if it is not closed. `$${` is none.
struct Reference {
  std::size_t begin;
  std::size_t end;
};
std::vector<Reference> find_references(std::string_view text);

}  // namespace hiveframe::config
