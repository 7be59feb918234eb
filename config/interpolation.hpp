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
/// `$${` is a literal `${`. Braces inside of a reference come in pairs, and a default, a reason and a path
/// may hold references of their own: `${A:-${B:-x}}`. Replaced text is not looked at again. `:-` and `:?`
/// treat an empty variable as a missing one, as the shell does. Text from files and credentials makes the
/// result secret. Nothing if there was an error, which is then reported.
std::optional<LocatedText> interpolate(const LocatedText& text, const Environment& environment,
                                       Diagnostics& diagnostics);

/// `$${` as `${`, for text in which nothing is replaced.
LocatedText without_escapes(const LocatedText& text);

/// A `${…}` in a text, braces included, with those it holds in turn; end is npos if it is not closed. `$${`
/// is none.
struct Reference {
  std::size_t begin;
  std::size_t end;
};
std::vector<Reference> find_references(std::string_view text);

}  // namespace hiveframe::config
