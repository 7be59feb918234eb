#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/environment.hpp"
#include "config/node.hpp"
#include "config/option_info.hpp"

namespace hiveframe::config {

/// What reading settings needs from outside, and the checks every type shares. Lives for one load of the
/// configuration; not thread-safe.
class Reader {
 public:
  Reader(const Environment& environment, Diagnostics& diagnostics)
      : environment_(environment), diagnostics_(diagnostics) {}

  const Environment& environment() const { return environment_; }
  Diagnostics& diagnostics() { return diagnostics_; }

  void error(Span span, std::string message, std::string hint = {}) {
    diagnostics_.error(std::move(span), std::move(message), std::move(hint));
  }

  /// The text of a scalar after `${…}`. Anything but a scalar is reported as "expected <wanted>, found a
  /// list", and so is a `${file:}` or `${credential:}` where no secret is wanted: of anything else connectors
  /// speak freely. Nothing after an error.
  std::optional<LocatedText> text(const Node& node, const TypeInfo& wanted);
  /// The same for expressions, where `${…}` is an error (hint: env.NAME) and `$${` is a literal `${`.
  std::optional<LocatedText> expression_text(const Node& node, const TypeInfo& wanted);
  /// What a variable of expressions has, where that is known (`meta` by its source), for parsers from above.
  /// nullopt: it is not known, as at the beginning.
  void set_members(const std::string& variable, std::optional<std::vector<std::string>> members);
  /// nullptr: not known.
  const std::vector<std::string>* members_of(std::string_view variable) const;

  /// Says that this place takes no secret.
  void refuse_secret(const Span& place);
  /// "expected an integer, found a list" at the node.
  void wrong_type(const Node& node, const TypeInfo& wanted);

 private:
  const Environment& environment_;
  Diagnostics& diagnostics_;
  std::map<std::string, std::vector<std::string>, std::less<>> members_;
};

}  // namespace hiveframe::config
