#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/codec/json/tape.hpp"

namespace hiveframe::codec::json {

/// Remembers the shapes of some records whose names were found to be unique: where lists, objects and
/// values stand in the tape, and every name. A record of the same shape with the same names needs no
/// look at each name against the others, which is most of what the records of a stream are. One thread
/// at a time.
class KnownShapes {
 public:
  /// True: the record has a shape that learn() was given, the same names in the same places, and no
  /// number that simdjson changed. False says nothing. `source` is what was parsed.
  [[nodiscard]] bool hold(const Tape& tape, const char* source) noexcept;

  /// For a record in which no object names a member twice. Takes the place of another; learns the less
  /// the less of what it learned was met again.
  void learn(const Tape& tape);

 private:
  /// What stands at a place of the tape, as far as the places of others depend on it.
  enum class Form : std::uint8_t { other, word, number, object, object_end, list, list_end };
  /// Two words of the tape, or 16 bytes of text.
  using Words [[gnu::vector_size(16)]] = std::uint64_t;
  struct Expected {
    Words words;
    Words mask;
  };
  using Eight = std::array<Expected, 4>;
  struct Element {
    std::uint32_t at;
    Form form;
  };
  struct Number {
    std::uint32_t at;
    std::uint32_t mark;
  };
  /// Of a name that is longer than what `names` has of it, the rest.
  struct LongName {
    std::uint32_t at;
    std::uint32_t begin;  // in Shape::text
    std::uint32_t size;
  };
  struct Shape {
    std::size_t words = 0;          // of the tape; 0: nothing learned
    bool met = false;               // since it was learned
    std::vector<Eight> types;       // the whole tape; masks have zeros for all but types
    std::vector<Element> elements;  // names and values
    std::vector<Number> numbers;
    std::vector<std::uint32_t> names_at;
    std::vector<Expected> names;  // the first 16 bytes of each, its size included
    std::vector<LongName> long_names;
    std::string text;
  };

  static constexpr std::array<Form, 256> forms();
  static Form form_of(const Tape& tape, std::size_t i) noexcept;
  static bool add_elements(const Tape& tape, Shape& shape);
  static void add_element(const Tape& tape, std::size_t i, Shape& shape);
  static void add_name(const Tape& tape, std::size_t i, Shape& shape);
  [[nodiscard]] static bool same_types(const Tape& tape, const Shape& shape) noexcept;
  [[nodiscard]] static bool same_forms(const Tape& tape, const Shape& shape) noexcept;
  [[nodiscard]] static bool same_names(const Tape& tape, const Shape& shape) noexcept;

  // Records of other sizes mostly have other shapes: a list with an item more, a member that is missing.
  static constexpr std::size_t places = 16;
  std::array<Shape, places> shapes_;
  unsigned pause_ = 0;  // records that are not learned yet
  unsigned wait_ = 0;   // the last pause
};

}  // namespace hiveframe::codec::json
