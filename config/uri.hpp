#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/text.hpp"

namespace hiveframe::config {

// A connector's URI cut into its pieces, each with its place. Pieces are percent-decoded and still hold their
// `${…}`, which never takes part in the cutting: a password from a variable may hold any character.
struct Uri {
  enum class Form { word, path, uri };

  struct Host {
    LocatedText name;  // an IPv6 address without its brackets
    LocatedText port;  // empty if there is none
    LocatedText both;  // host:port as written
  };
  struct Parameter {
    LocatedText name;
    LocatedText value;
  };

  Form form = Form::path;
  LocatedText whole;   // as written
  LocatedText scheme;  // lower case; empty for words and paths
  std::optional<LocatedText> user;
  std::optional<LocatedText> password;
  std::vector<Host> hosts;
  LocatedText path;  // with its leading slash; of a plain path or a word, all of it
  std::vector<Parameter> query;
};

// Splits by RFC 3986, by hand, with several hosts as libpq and Kafka clients take them. Reports an empty
// text, bad percent-encoding, a fragment and broken brackets, and returns nothing then. For http and https
// the path and the query are left as written. `words` are the bare words that are connectors.
std::optional<Uri> split_uri(const LocatedText& text, const std::vector<std::string>& words,
                             Diagnostics& diagnostics);

// The text with the password of every `scheme://user:password@` in it as ***, and the values of query
// parameters whose names say they are secret (password, token, secret, key).
std::string to_display(std::string_view uri);

}  // namespace hiveframe::config
