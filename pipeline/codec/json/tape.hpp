#pragma once

#include <cstdint>
#include <cstring>
#include <simdjson.h>
#include <string_view>

namespace hiveframe::codec::json {

/// What simdjson's parser left of the record it parsed last, read in place: the tape (one 64-bit word
/// an element, numbers two; see simdjson's doc/tape.md), the unescaped strings, and the marks, which
/// are the source offsets of every bracket, colon, comma and first byte of a scalar. Reading these
/// directly is what keeps a look at a record well below the price of parsing it; the marks are the
/// only way to a number's own text.
class Tape {
 public:
  /// `first_mark` is the record's first, if others were indexed with it.
  Tape(const simdjson::dom::parser& parser, std::uint32_t first_mark) noexcept
      : words_(parser.doc.tape.get()),
        strings_(reinterpret_cast<const char*>(parser.doc.string_buf.get())),
        marks_(parser.implementation->structural_indexes.get() + first_mark) {}

  /// The index of the record's value.
  static constexpr std::size_t root = 1;

  /// The type of an element: one of `{ } [ ] " l u d t f n`.
  [[nodiscard]] char type(std::size_t i) const noexcept { return static_cast<char>(words_[i] >> 56); }
  /// One past a list's or object's closing bracket.
  [[nodiscard]] std::size_t after(std::size_t i) const noexcept { return words_[i] & 0xFFFFFFFF; }
  /// Words of the whole record.
  [[nodiscard]] std::size_t size() const noexcept { return words_[0] & 0xFFFFFFFFFFFFFF; }
  /// One past a value of any type.
  [[nodiscard]] std::size_t next(std::size_t i) const noexcept {
    switch (type(i)) {
      case '{':
      case '[':
        return after(i);
      case 'l':
      case 'u':
      case 'd':
        return i + 2;
      default:
        return i + 1;
    }
  }
  /// Items of a list, members of an object.
  [[nodiscard]] std::size_t count(std::size_t i) const noexcept {
    constexpr std::uint64_t saturated = 0xFFFFFF;
    const std::uint64_t counted = words_[i] >> 32 & saturated;
    return counted < saturated ? counted : count_one_by_one(i);
  }
  /// A string as simdjson keeps it: its size in four bytes of this machine's order, then the text. At least
  /// 16 bytes are readable there, whatever the size.
  [[nodiscard]] const char* string_with_size(std::size_t i) const noexcept {
    return strings_ + (words_[i] & 0xFFFFFFFFFFFFFF);
  }
  [[nodiscard]] std::string_view string(std::size_t i) const noexcept {
    const char* at = string_with_size(i);
    std::uint32_t size = 0;
    std::memcpy(&size, at, sizeof size);
    return {at + sizeof size, size};
  }
  template <class T>
  [[nodiscard]] T number(std::size_t i) const noexcept {
    T number;
    std::memcpy(&number, &words_[i + 1], sizeof number);
    return number;
  }

  /// All words. Up to seven behind the last are readable (simdjson rounds the tape's room up to 64 words),
  /// but say nothing.
  [[nodiscard]] const std::uint64_t* words() const noexcept { return words_; }
  [[nodiscard]] const std::uint32_t* marks() const noexcept { return marks_; }

 private:
  [[nodiscard]] std::size_t count_one_by_one(std::size_t i) const noexcept {
    const bool object = type(i) == '{';
    const std::size_t last = after(i) - 1;
    std::size_t total = 0;
    for (++i; i < last; ++total)
      i = next(object ? i + 1 : i);
    return total;
  }

  const std::uint64_t* words_;
  const char* strings_;
  const std::uint32_t* marks_;
};

}  // namespace hiveframe::codec::json
