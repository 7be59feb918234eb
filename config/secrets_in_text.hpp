#pragma once

#include <string>
#include <string_view>

#include "config/uri_passwords.hpp"

namespace hiveframe::config {

// What in a text for people must not be shown, found by its look: for options that were never read, and for
// files that are no YAML. All of it takes time linear in the text.

/// Whether an option, or a parameter of a query, of this name is likely to hold a secret: password, token,
/// secret, key.
bool sounds_secret(std::string_view name);

/// A `${…}` and nothing else, without a default: it shows no secret, and is worth seeing beside an error.
bool is_mere_reference(std::string_view text);

/// Passwords of URIs, and values of query parameters that sound secret, in any text. Mere references are left
/// out.
TextRanges find_secrets(std::string_view text);
/// The same of a text that is a URI as a whole; references too.
TextRanges find_secrets_in_uri(std::string_view uri);
/// The values of keys that sound secret on a line of YAML: `password: hunter2`. Mere references are left out.
TextRanges find_secret_values(std::string_view line);
bool stands_in_secret_value(std::string_view line, std::size_t offset);

/// In order, overlapping ones as one.
TextRanges merged(TextRanges ranges);
/// The text with *** for each range.
std::string replaced(std::string_view text, const TextRanges& ranges);

/// A text for people, such as a message, without the secrets in it.
std::string without_secrets(std::string_view text);
/// A value that a message will quote, or cut: as a URI if it holds one, so that no white space, and no end
/// that is missing, hides a password.
std::string value_without_secrets(std::string_view value);

/// A URI with its password as ***, and the values of query parameters that sound secret (password, token,
/// secret, key) likewise.
std::string to_display(std::string_view uri);

}  // namespace hiveframe::config
