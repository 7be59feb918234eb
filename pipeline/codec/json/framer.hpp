#pragma once

#include <bitset>

#include "pipeline/codec/framer.hpp"

namespace hiveframe::codec::json {

/// Finds the documents of a JSON stream (RFC 8259): if the stream begins with `[`, the records are the
/// elements of that array, and of arrays that follow it; else they are the documents, one after the
/// other, with or without whitespace between. A byte order mark at the start is passed over.
///
/// It looks at brackets and strings only; whether a frame is a document is for the decoder to say.
/// Where brackets or strings cannot be right, it gives up that record and goes on at the next line
/// that looks as the beginning of a record: a bracket at the start of a line, or in an array indented
/// as its elements are. What it passed over makes one frame that the decoder refuses.
class JsonFramer final : public Framer {
 public:
  std::size_t scan(std::string_view window, bool at_end, std::size_t limit,
                   std::vector<Frame>& frames) override;
  Skipped skip(std::string_view window, bool at_end) override;
  [[nodiscard]] std::uint64_t lines() const noexcept override { return line_; }
  [[nodiscard]] std::string save() const override;
  [[nodiscard]] std::string save_before(const Frame& frame) const override;
  bool restore(std::string_view saved) override;

 private:
  // Between records.
  enum class Place : char {
    start = 's',
    documents = 'd',      // each value is a record
    first_element = 'f',  // after '['
    element = 'e',        // after ','
    after_array = 'a',
  };
  // Within a record.
  enum class Inside : char {
    none,     // between records
    plain,    // outside brackets and strings
    nested,   // within brackets
    text,     // within a string
    escape,   // after a backslash in a string
    garbage,  // looking for a line that begins a record
  };
  struct Ended {
    std::size_t end;   // of the record
    std::size_t next;  // where to go on
  };

  [[nodiscard]] bool in_array() const noexcept {
    return place_ == Place::first_element || place_ == Place::element;
  }
  /// Where a byte order mark may stand.
  [[nodiscard]] bool at_first_byte() const noexcept { return place_ == Place::start && indent_ < 0; }
  bool between(std::string_view window, std::size_t& at, std::vector<Frame>& frames);
  void begin(char first) noexcept;
  bool advance(std::string_view window, std::size_t& at, Ended& ended);
  bool advance_plain(std::string_view window, std::size_t& at, Ended& ended) noexcept;
  bool advance_nested(std::string_view window, std::size_t& at, Ended& ended) noexcept;
  bool advance_text(std::string_view window, std::size_t& at, Ended& ended) noexcept;
  bool advance_garbage(std::string_view window, std::size_t& at, Ended& ended) noexcept;
  bool open(char bracket) noexcept;
  bool close(char bracket) noexcept;
  void pass_space(char c) noexcept;
  [[nodiscard]] bool begins_record(char c) const noexcept;
  [[nodiscard]] std::string saved(Place place, std::uint64_t line, std::int32_t element_indent,
                                  std::int32_t indent) const;
  bool finish(std::string_view window, std::size_t end, std::size_t next, Ended& ended) noexcept;

  // Brackets deeper than this are counted but not told apart; the decoder refuses them anyway.
  static constexpr std::size_t told_apart = 1024;

  Place place_ = Place::start;
  Inside inside_ = Inside::none;
  std::uint64_t line_ = 0;    // lines before the next record, or before the one being read
  std::size_t searched_ = 0;  // bytes of the next window that were looked at already
  std::uint64_t depth_ = 0;   // open brackets
  std::bitset<told_apart> is_list_;
  char before_ = '\0';                // the last byte within brackets that is neither space nor in a string
  std::int32_t indent_ = -1;          // spaces since the line began; -1: something else stood there
  std::int32_t element_indent_ = -1;  // of an array's elements that begin a line; -1: none did yet
  std::uint64_t indented_line_ = 0;   // of the first of these: what stands before knew no element_indent_
  const char* problem_ = nullptr;
};

}  // namespace hiveframe::codec::json
