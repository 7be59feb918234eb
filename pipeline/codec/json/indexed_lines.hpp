#pragma once

#include <cstdint>
#include <memory>
#include <simdjson.h>
#include <string_view>
#include <vector>

#include "pipeline/record/draft.hpp"

namespace hiveframe::codec::json {

/// Some lines of JSON that stand in memory one behind the other, indexed together: simdjson's first stage,
/// which finds strings and brackets and checks UTF-8, costs a quarter less for some kilobytes in one go than
/// for each line of them. The second stage is run for one line after the other.
///
/// Only lines that begin and end with brackets take part. No string holds an end of line, so that if
/// the first stage succeeds, each line was read as it would have been alone. That the second stage of
/// a line keeps to the line is checked by where it ends.
///
/// Owned by a decoder, and used with its parser alone; one thread at a time.
class IndexedLines {
 public:
  /// Whether the draft's record is the next of these lines, and still the very bytes that were indexed.
  [[nodiscard]] bool next_is(const record::Draft& draft) const noexcept;

  /// Takes the draft's record and those behind it instead, if it is the first of a group. False: it is to be
  /// read alone; nothing is known then.
  bool take(record::Draft& draft);
  /// The length of what was taken.
  [[nodiscard]] std::size_t size() const noexcept { return lines_.back().end; }
  /// The first stage, in a parser of enough capacity. False: one of them is bad, and nothing is known.
  bool index(simdjson::dom::parser& parser);
  /// The second stage for the next line. False: alone it would be refused, too.
  bool parse_next(simdjson::dom::parser& parser);

  /// To be called when the parser is used for one text alone.
  void read_alone(std::string_view text) noexcept {
    forget();
    base_ = text.data();
  }

  /// What the marks of the text parsed last are counted from, and which of them is its first.
  [[nodiscard]] const char* base() const noexcept { return base_; }
  [[nodiscard]] std::uint32_t first_mark() const noexcept { return first_mark_; }

 private:
  void forget() noexcept {
    lines_.clear();
    next_ = 0;
    first_mark_ = 0;
  }

  struct Line {
    std::uint32_t begin;  // from base_
    std::uint32_t end;
  };

  // A storage that was indexed bears the mark of whom it was indexed by, so that another in its place is not
  // taken for it.
  std::shared_ptr<const void> mark_ = std::make_shared<char>();
  const record::Storage* storage_ = nullptr;
  const char* base_ = nullptr;
  std::vector<Line> lines_;
  std::size_t next_ = 0;
  std::uint32_t first_mark_ = 0;
};

}  // namespace hiveframe::codec::json
