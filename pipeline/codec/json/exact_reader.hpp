#pragma once

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
  /// False: `error` says why. Text without escapes, and decimals, point into `text`; everything else
  /// stands in `arena`.
  bool read(std::string_view text, record::Arena& arena, record::Value& value, record::DataError& error);

 private:
  enum class Expect { value, first_item, first_name, name, colon, comma, end };
  struct Open {
    bool is_list;
    std::size_t first;  // of its items in items_, or members in members_
  };

  bool read_value();
  bool read_name();
  bool after_value();
  bool open(bool is_list);
  bool close(bool is_list);
  bool read_number();
  bool read_word(std::string_view word, const record::Value& value);
  bool read_string(std::string_view& string);
  bool read_escaped(std::size_t first, std::size_t end, std::string_view& string);
  bool read_escape(char*& to);
  bool read_code_unit(unsigned& unit);
  bool names_unique(std::size_t first);
  void add(const record::Value& value);
  void skip_space() noexcept;
  bool unexpected(std::string_view expected);
  bool fail(record::DataError::Type type, std::size_t at, std::string message);
  [[nodiscard]] std::string found() const;

  std::string_view text_;
  std::size_t at_ = 0;
  Expect expect_ = Expect::value;
  record::Arena* arena_ = nullptr;
  record::DataError* error_ = nullptr;
  record::Value root_;
  std::vector<Open> open_;
  std::vector<record::Value> items_;
  std::vector<record::Member> members_;  // of the objects that are open; the last one may lack its value
  std::vector<std::string_view> names_;
};

}  // namespace hiveframe::codec::json
