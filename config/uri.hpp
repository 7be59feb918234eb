#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/text.hpp"

namespace hiveframe::config {

/// A connector's URI cut into its pieces, each with its place, as written: still percent-encoded (see
/// percent_decode) and with their `${…}`, which takes no part in the cutting: a password from a variable may
/// hold any character.
struct Uri {
  enum class Form { word, path, uri };

  struct Host {
    LocatedText name;  ///< an IPv6 address without its brackets
    LocatedText port;  ///< empty if there is none
    LocatedText both;  ///< host:port as written
  };
  struct Parameter {
    LocatedText name;
    LocatedText value;
  };

  Form form = Form::path;
  LocatedText whole;   ///< all of it
  LocatedText scheme;  ///< empty for words and paths
  std::optional<LocatedText> user;
  std::optional<LocatedText> password;
  LocatedText authority_hosts;  ///< all hosts, with commas and ports
  std::vector<Host> hosts;
  LocatedText path;  ///< with its leading slash; of a plain path or a word, all of it
  std::vector<Parameter> query;
};

/// Splits by RFC 3986, by hand, with several hosts as libpq and Kafka clients take them. A text without
/// `scheme://` is a word or a path and is not cut. Reports what is broken (a fragment, brackets, a port that
/// is no number, a parameter without value) and returns nothing then. Of http and https only scheme and whole
/// are set.
std::optional<Uri> split_uri(const LocatedText& text, std::span<const std::string> words,
                             Diagnostics& diagnostics);

/// %XX outside of `${…}`. What comes out as `${` is written `$${`, so that it stays text. Reports bad
/// escapes, and what is not UTF-8 afterwards.
std::optional<LocatedText> percent_decode(const LocatedText& text, Diagnostics& diagnostics);

/// Cuts at every `separator` outside of `${…}`.
std::vector<LocatedText> split_outside_references(const LocatedText& text, char separator);

}  // namespace hiveframe::config
