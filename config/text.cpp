#include "config/text.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "config/secrets_in_text.hpp"
#include "config/utf8.hpp"

namespace hiveframe::config {

LocatedText::LocatedText(std::string text) : text_(std::move(text)) {}

LocatedText::LocatedText(SourceFilePtr file, std::size_t begin, std::string text) {
  whole_ = Span{std::move(file), begin, begin + text.size()};
  if (!text.empty()) pieces_.push_back({0, begin, begin + text.size(), true});
  text_ = std::move(text);
}

const LocatedText::Piece& LocatedText::piece_at(std::size_t offset) const {
  const auto after =
      std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                       [](std::size_t value, const Piece& piece) { return value < piece.text_begin; });
  return after == pieces_.begin() ? pieces_.front() : *std::prev(after);
}

Span LocatedText::span(std::size_t begin, std::size_t end) const {
  if (pieces_.empty() || !whole_.has_place()) return whole_;
  begin = std::min(begin, text_.size());
  end = std::clamp(end, begin, text_.size());
  if (begin == text_.size()) {
    const Piece& last = pieces_.back();
    const std::size_t place =
        last.verbatim ? last.source_begin + (text_.size() - last.text_begin) : last.source_end;
    return {whole_.file, place, place};
  }
  const Piece& first = piece_at(begin);
  const std::size_t from =
      first.verbatim ? first.source_begin + (begin - first.text_begin) : first.source_begin;
  if (end == begin) return {whole_.file, from, from};
  const Piece& last = piece_at(end - 1);
  const std::size_t to = last.verbatim ? last.source_begin + (end - last.text_begin) : last.source_end;
  return {whole_.file, from, std::max(from, to)};
}

LocatedText LocatedText::part(std::size_t begin, std::size_t length) const {
  begin = std::min(begin, text_.size());
  length = std::min(length, text_.size() - begin);
  LocatedText result(span(begin, begin + length));
  result.append(*this, begin, length);
  return result;
}

std::string LocatedText::quoted() const { return secret_ ? "'***'" : quote(text_); }

void LocatedText::append_verbatim(std::string_view text, std::size_t source_begin) {
  if (text.empty()) return;
  const bool continues =
      !pieces_.empty() && pieces_.back().verbatim &&
      pieces_.back().source_begin + (text_.size() - pieces_.back().text_begin) == source_begin;
  if (continues) {
    pieces_.back().source_end += text.size();
  } else {
    pieces_.push_back({text_.size(), source_begin, source_begin + text.size(), true});
  }
  text_ += text;
}

void LocatedText::append_replaced(std::string_view text, std::size_t source_begin, std::size_t source_end) {
  if (text.empty()) return;
  pieces_.push_back({text_.size(), source_begin, source_end, false});
  text_ += text;
}

void LocatedText::append(const LocatedText& other, std::size_t begin, std::size_t length) {
  secret_ = secret_ || other.secret_;
  const std::size_t end = std::min(begin + length, other.size());
  if (other.pieces_.empty()) {
    if (begin < end) text_.append(other.text_, begin, end - begin);
    return;
  }
  for (std::size_t at = begin; at < end;) {
    const Piece& piece = other.piece_at(at);
    const std::size_t index = static_cast<std::size_t>(&piece - other.pieces_.data());
    const std::size_t piece_end =
        index + 1 < other.pieces_.size() ? other.pieces_[index + 1].text_begin : other.size();
    const std::string_view text = other.view().substr(at, std::min(piece_end, end) - at);
    if (piece.verbatim) {
      append_verbatim(text, piece.source_begin + (at - piece.text_begin));
    } else {
      append_replaced(text, piece.source_begin, piece.source_end);
    }
    at += text.size();
  }
}

std::string quote(std::string_view whole, std::size_t limit) {
  // Before it is cut: without its end a URI's password is none by its look.
  const std::string text = value_without_secrets(whole);
  std::string out = "'";
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) {
    if (count == limit) {
      out += "…";
      break;
    }
    const CodePoint point = code_point_at(text, i);
    if (point.value == '\n') {
      out += "\\n";
    } else if (point.value == '\t') {
      out += "\\t";
    } else if (!point.valid) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i]));
    } else if (is_unprintable(point.value)) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(point.value));
    } else {
      out.append(text, i, point.size);
    }
    i += point.size;
  }
  out += "'";
  return out;
}

}  // namespace hiveframe::config
