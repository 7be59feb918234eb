#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/json_text.hpp"

namespace hiveframe::daemon {

struct ShapeMember;

/// What a JSON value of the API looks like: a small part of JSON Schema (2020-12). A value; objects are
/// shared.
struct Shape {
  enum class Kind : std::uint8_t { text, count, number, flag, time, list, object, any };

  Kind kind = Kind::text;
  std::vector<std::string> choices;  ///< of text: one of these; empty: any
  std::string pattern;               ///< of text: a regular expression (ECMA-262); told, and not checked here
  std::optional<std::uint64_t> least, most;  ///< of counts and numbers; of texts: their length
  std::shared_ptr<const Shape> items;        ///< of a list
  std::string name;                          ///< of an object: what the API's description calls it
  std::shared_ptr<const std::vector<ShapeMember>> members;  ///< of an object, all that it may have
};

struct ShapeMember {
  std::string name;
  Shape shape;
  std::string help;
  bool optional = false;
};

Shape text_shape();
Shape choice_shape(std::vector<std::string> choices);
Shape count_shape(std::uint64_t least = 0, std::optional<std::uint64_t> most = std::nullopt);
Shape number_shape();
Shape flag_shape();
/// RFC 3339, in UTC.
Shape time_shape();
Shape list_shape(Shape items);
Shape object_shape(std::string name, std::vector<ShapeMember> members);
Shape any_shape();

/// As a JSON Schema; an object becomes a reference to "#/components/schemas/NAME".
void write_schema(config::JsonText& out, const Shape& shape);
/// The schema that such a reference stands for.
void write_object_schema(config::JsonText& out, const Shape& object);
/// This object and all those within it, each name once.
void collect_objects(const Shape& shape, std::vector<Shape>& into);

/// What is wrong with the text of a parameter of that shape, as a clause: "must be a whole number from 1 to
/// 100".
std::optional<std::string> find_mismatch(const Shape& shape, std::string_view text);

}  // namespace hiveframe::daemon
