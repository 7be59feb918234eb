#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/source_file.hpp"

namespace hiveframe::config {

/// A string value that knows where each of its bytes stands in the configuration: through quotes, escapes,
/// block scalars, percent-encoding and `${…}`. A value type; copying shares the file.
class LocatedText {
 public:
  LocatedText() = default;
  /// Text that stands nowhere, for tests and defaults.
  explicit LocatedText(std::string text);
  /// Text that stands in the file byte for byte, from `begin` on.
  LocatedText(SourceFilePtr file, std::size_t begin, std::string text);
  /// Nothing yet, for append_*(). `whole` is the source of the value with its quotes.
  explicit LocatedText(Span whole) : whole_(std::move(whole)) {}

  const std::string& str() const { return text_; }
  std::string_view view() const { return text_; }
  bool empty() const { return text_.empty(); }
  std::size_t size() const { return text_.size(); }

  /// Where the whole value stands (with quotes, if it has them).
  const Span& span() const { return whole_; }
  /// Where bytes [begin, end) of str() come from. Bytes that came from an escape or from `${…}` are that
  /// escape or that reference. begin == end is a place; begin == size() is the end of the text.
  Span span(std::size_t begin, std::size_t end) const;
  Span span(std::size_t begin) const { return span(begin, begin + 1); }

  /// Bytes [begin, begin + length), still located; its span() is that part only.
  LocatedText part(std::size_t begin, std::size_t length = std::string::npos) const;

  /// Came from ${file:}, ${credential:}, or belongs to a secret option: must not be shown.
  bool secret() const { return secret_; }
  void mark_secret() { secret_ = true; }

  /// For messages: 'text', cut to a sane length, control characters escaped; '***' if it is secret.
  std::string quoted() const;

  void append_verbatim(std::string_view text, std::size_t source_begin);
  void append_replaced(std::string_view text, std::size_t source_begin, std::size_t source_end);
  /// Appends bytes [begin, begin + length) of another text of the same file, with their places.
  void append(const LocatedText& other, std::size_t begin, std::size_t length);

 private:
  /// Covers the text from text_begin to the next piece.
  struct Piece {
    std::size_t text_begin;
    std::size_t source_begin;
    std::size_t source_end;
    bool verbatim;
  };
  const Piece& piece_at(std::size_t offset) const;

  std::string text_;
  Span whole_;
  std::vector<Piece> pieces_;
  bool secret_ = false;
};

/// 'text' with control characters escaped, secrets in URIs as ***, cut to at most `limit` code points.
std::string quote(std::string_view text, std::size_t limit = 60);

}  // namespace hiveframe::config
