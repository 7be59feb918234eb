#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/node.hpp"
#include "config/reader.hpp"

namespace hiveframe::config {

/// What the user gave for one table: keys of a map, pieces of a URI, or both, in the order they were met.
struct GivenOptions {
  struct Given {
    LocatedText name;
    Node value;
  };

  Span whole;  ///< the map or the URI, for what is missing
  std::vector<Given> options;
  /// Something about it was wrong and has been reported: what seems missing may only have been misread.
  bool damaged = false;
  /// Keys of the same map that the caller reads itself (`when:` of a sink): what an unknown one may have
  /// meant.
  std::vector<std::string> others = {};

  const Given* find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// Where an option's value stands; the whole if it was not given.
  Span span(std::string_view name) const;
  /// Where its name stands; the whole if it was not given.
  Span name_span(std::string_view name) const;
};

/// The options a value gives for a table: a map's keys, or the compact form. Anything else is reported and
/// the result damaged.
GivenOptions given_by(const Node& node, const TableInfo& table, Reader& reader);

/// Reports what is unknown (with the likely name), `${…}` in free keys, and what is required and absent.
/// Returns the options whose value nobody knows because of that: those that are absent, and all that are not
/// given where an unknown name may have meant them.
std::vector<std::string> check_names(const GivenOptions& given, const TableInfo& table, Reader& reader);

}  // namespace hiveframe::config
