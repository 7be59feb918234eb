#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/record/arena.hpp"
#include "pipeline/record/data_error.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::codec::json {

/// How deep lists and objects may be nested.
inline constexpr std::size_t max_depth = 512;

/// Reads one JSON text (RFC 8259) without losing digits, and says what is wrong with it and at which
/// byte. It has the last word on records that simdjson refuses or would round: neither simdjson nor
/// RapidJSON reads numbers beyond a double's range, and only the latter says where an error stands.
/// Strict: names are unique within an object (escapes resolved), surrogates come in pairs, nesting is
/// bounded; it does not recurse. One thread at a time; keeps scratch between records.
class ExactReader {
 public:
  /// `whole`: what messages call the text, for the end of it may be what is wrong; lives as long as the
  /// reader.
  explicit ExactReader(std::string_view whole = "record") : whole_(whole) {}

  /// False: `error` says why. Text without escapes, and decimals, point into `text`; everything else
  /// stands in `arena`.
  bool read(std::string_view text, record::Arena& arena, record::Value& value, record::DataError& error);

  /// The same judgement and messages, but builds nothing: takes memory for the depth, some bytes for each
  /// name of the objects that are open, and for long lists and objects. Of a text whose tree takes more than
  /// `most_tree_bytes` the names are not compared: it is too large whatever they are.
  bool check(std::string_view text, std::size_t most_tree_bytes, record::DataError& error);
  /// At most how many bytes build() takes from the arena for the text checked last, but for escaped text.
  [[nodiscard]] std::size_t tree_bytes() const noexcept { return words_ * sizeof(record::Value); }
  /// The value that stands from byte `from` to byte `to` of the text that check() passed last, as read()
  /// gives it. Takes little memory beside the arena's, and the arena gets no more than the tree.
  record::Value build(std::size_t from, std::size_t to, record::Arena& arena);
  /// The string whose quote stands there, in that text, its escapes resolved.
  [[nodiscard]] std::string string_at(std::size_t quote);

 private:
  enum class Expect : std::uint8_t { value, first_item, first_name, name, colon, comma, end };
  struct Open {
    bool is_list;
    std::size_t first;      // of its items in items_, of its members in members_, or names in checked_names_
    std::size_t begin;      // its bracket
    std::size_t count = 0;  // of what it has by now: when it is checked, or built in place
    record::Value* items = nullptr;  // in the arena, if it is built in place
    record::Member* members = nullptr;
  };
  /// A name that stands in the text behind the quote at `quote`.
  struct CheckedName {
    std::uint32_t hash;
    std::uint32_t quote;
  };
  /// A list or an object of many: its scratch would be as large as itself.
  struct Long {
    std::uint32_t begin;  // its bracket
    std::uint32_t count;
  };

  bool run();
  void begin(std::string_view text, std::size_t at, record::Arena* arena, record::DataError* error);
  [[nodiscard]] bool builds() const noexcept { return arena_ != nullptr; }
  bool read_value();
  bool read_name();
  bool after_value();
  bool open(bool is_list);
  bool close(bool is_list);
  bool read_number();
  bool read_word(std::string_view word, const record::Value& value);
  bool read_string(std::string_view& string);
  bool read_escaped(std::size_t first, std::size_t end, std::string_view& string);
  bool check_escaped(std::size_t quote);
  bool read_escape(char*& to);
  bool read_code_unit(unsigned& unit);
  bool names_unique(std::size_t first);
  bool checked_names_unique(std::size_t first);
  void check_name(std::size_t quote);
  bool named_twice(std::string_view name);
  void open_in_place();
  void close_checked();
  record::Value close_list();
  record::Value close_object();
  void add(const record::Value& value);
  void skip_space() noexcept;
  bool unexpected(std::string_view expected);
  bool fail(record::DataError::Type type, std::size_t at, std::string message);
  [[nodiscard]] std::string found() const;

  std::string_view whole_;
  std::string_view text_;
  std::size_t at_ = 0;
  Expect expect_ = Expect::value;
  record::Arena* arena_ = nullptr;  // nullptr: checks only
  record::DataError* error_ = nullptr;
  record::Value root_;
  std::vector<Open> open_;
  std::vector<record::Value> items_;
  std::vector<record::Member> members_;  // of the objects that are open; the last one may lack its value
  std::vector<std::string_view> names_;

  // Of the text checked last.
  bool checked_ = false;                    // what is read now has been checked
  std::size_t words_ = 0;                   // of simdjson's tape, were it to parse it
  std::size_t most_words_ = 0;              // names are compared up to these
  std::vector<CheckedName> checked_names_;  // of the objects that are open
  std::vector<Long> long_;                  // by place
};

}  // namespace hiveframe::codec::json
