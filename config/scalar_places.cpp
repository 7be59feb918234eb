#include "config/scalar_places.hpp"

#include <algorithm>

namespace hiveframe::config {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_blank(char c) { return blanks.find(c) != std::string_view::npos; }

std::size_t end_of_blanks(std::string_view text, std::size_t begin) {
  return std::min(text.find_first_not_of(blanks, begin), text.size());
}

// Walks source and value side by side. White space is compared run by run, because folding changes it;
// everything else is the same byte, or an escape.
class Alignment {
 public:
  Alignment(const SourceFilePtr& file, std::size_t begin, const std::string& value, Span whole)
      : source_(file->content()), value_(value), at_(begin), result_(std::move(whole)) {}

  // `close` is the quote, or 0.
  bool run(char close) {
    close_ = close;
    while (done_ < value_.size()) {
      const bool sound = close == '"' ? double_quoted() : unescaped();
      if (!sound) return false;
    }
    return true;
  }

  std::size_t source_end() const { return at_; }
  LocatedText take() { return std::move(result_); }

 private:
  char source_at(std::size_t i) const { return i < source_.size() ? source_[i] : '\0'; }

  bool unescaped() {
    if (is_blank(value_[done_])) return white_space();
    if (close_ == '\'' && value_[done_] == '\'') {
      if (source_at(at_) != '\'' || source_at(at_ + 1) != '\'') return false;
      replaced(1, 2);
      return true;
    }
    return verbatim();
  }

  bool white_space() {
    const std::size_t value_end = end_of_blanks(value_, done_);
    const std::size_t source_end = end_of_blanks(source_, at_);
    const std::string_view run = std::string_view(value_).substr(done_, value_end - done_);
    if (std::string_view(source_).substr(at_, source_end - at_) == run) {
      result_.append_verbatim(run, at_);
    } else {
      // At the end of a literal block the last line break may be the end of the file.
      if (source_end == at_ && value_end != value_.size()) return false;
      result_.append_replaced(run, at_, source_end);
    }
    done_ = value_end;
    at_ = source_end;
    return true;
  }

  bool verbatim() {
    const std::size_t begin = done_;
    const std::size_t from = at_;
    while (done_ < value_.size() && !is_blank(value_[done_]) && value_[done_] == source_at(at_) &&
           !(close_ && (source_at(at_) == close_ || source_at(at_) == '\\'))) {
      ++done_;
      ++at_;
    }
    // A backslash means itself in single quotes.
    if (done_ == begin && close_ == '\'' && value_[done_] == '\\' && source_at(at_) == '\\') {
      ++done_;
      ++at_;
    }
    result_.append_verbatim(std::string_view(value_).substr(begin, done_ - begin), from);
    return done_ > begin;
  }

  bool double_quoted() {
    if (source_at(at_) == '\\') return escape();
    if (!is_blank(source_at(at_))) return verbatim();
    const std::size_t end = end_of_blanks(source_, at_);
    const std::string_view run = std::string_view(source_).substr(at_, end - at_);
    const auto breaks = static_cast<std::size_t>(std::count(run.begin(), run.end(), '\n'));
    if (breaks == 0) {
      if (std::string_view(value_).substr(done_, run.size()) != run) return false;
      result_.append_verbatim(run, at_);
      done_ += run.size();
      at_ = end;
      return true;
    }
    const std::string folded = breaks == 1 ? " " : std::string(breaks - 1, '\n');
    if (std::string_view(value_).substr(done_, folded.size()) != folded) return false;
    replaced(folded.size(), run.size());
    return true;
  }

  bool escape() {
    const char kind = source_at(at_ + 1);
    if (kind == '\n' || kind == '\r') {  // an escaped line break is nothing, with the indentation after it
      at_ = end_of_blanks(source_, at_ + 1);
      return true;
    }
    const std::size_t source_size = kind == 'x' ? 4 : kind == 'u' ? 6 : kind == 'U' ? 10 : 2;
    std::size_t value_size = 1;
    while (done_ + value_size < value_.size() &&
           (static_cast<unsigned char>(value_[done_ + value_size]) & 0xC0) == 0x80)
      ++value_size;
    replaced(value_size, source_size);
    return at_ <= source_.size();
  }

  void replaced(std::size_t value_size, std::size_t source_size) {
    result_.append_replaced(std::string_view(value_).substr(done_, value_size), at_, at_ + source_size);
    done_ += value_size;
    at_ += source_size;
  }

  const std::string& source_;
  const std::string& value_;
  std::size_t at_;
  std::size_t done_ = 0;
  char close_ = '\0';
  LocatedText result_;
};

// The line breaks behind the last line of a block scalar belong to nothing one could point at.
std::size_t trim_blanks(const std::string& source, std::size_t begin, std::size_t end) {
  while (end > begin && is_blank(source[end - 1]))
    --end;
  return end;
}

}  // namespace

std::size_t skip_blank(const std::string& source, std::size_t begin) {
  std::size_t at = begin;
  while (at < source.size()) {
    if (is_blank(source[at])) {
      ++at;
    } else if (source[at] == '#' && (at == 0 || is_blank(source[at - 1]))) {
      at = std::min(source.find('\n', at), source.size());
    } else {
      break;
    }
  }
  return at;
}

Properties skip_properties(const std::string& source, std::size_t begin) {
  Properties result;
  std::size_t at = begin;
  while (at < source.size() && (source[at] == '&' || source[at] == '!')) {
    const std::size_t property = at;
    const bool verbatim_tag = source.compare(at, 2, "!<") == 0;
    at = std::min(source.find_first_of(verbatim_tag ? ">" : " \t\r\n,[]{}", at), source.size());
    if (verbatim_tag && at < source.size()) ++at;
    if (source[property] == '!') {
      result.tag_begin = property;
      result.tag_end = at;
    }
    at = skip_blank(source, at);
  }
  result.content_begin = at;
  return result;
}

std::size_t end_of_quoted(std::string_view source, std::size_t begin) {
  const char quote = source[begin];
  for (std::size_t i = begin + 1; i < source.size(); ++i) {
    if (quote == '"' && source[i] == '\\') {
      ++i;
    } else if (source[i] == quote) {
      if (quote == '"' || i + 1 >= source.size() || source[i + 1] != '\'') return i + 1;
      ++i;
    }
  }
  return std::string::npos;
}

std::optional<LocatedText> locate_scalar(const SourceFilePtr& file, std::size_t begin,
                                         const std::string& value, bool plain) {
  const std::string& source = file->content();
  const char first = begin < source.size() ? source[begin] : '\0';
  if (!plain && (first == '"' || first == '\'')) {
    const std::size_t end = end_of_quoted(source, begin);
    if (end == std::string::npos) return std::nullopt;
    const Span whole{file, begin, end};
    Alignment walk(file, begin + 1, value, whole);
    if (walk.run(first)) {
      LocatedText text = walk.take();
      if (value.empty()) text = LocatedText(whole);
      return text;
    }
    LocatedText text(whole);
    text.append_replaced(value, begin, end);
    return text;
  }
  const bool block = !plain && (first == '|' || first == '>');
  std::size_t from = begin;
  if (block) from = std::min(source.find('\n', begin), source.size());
  if (block && from < source.size()) ++from;
  // A block's indentation is no part of its value.
  const bool begins_blank = !value.empty() && is_blank(value.front());
  if (block && !begins_blank) from = end_of_blanks(source, from);
  Alignment measure(file, from, value, Span{});
  if (!measure.run('\0')) {
    const std::size_t one = std::min(begin + 1, source.size());
    LocatedText text(Span{file, begin, one});
    text.append_replaced(value, begin, one);
    return text;
  }
  std::size_t end = trim_blanks(source, begin, measure.source_end());
  if (end == begin && begin < source.size()) end = begin + 1;
  Alignment walk(file, from, value, Span{file, begin, end});
  walk.run('\0');
  return walk.take();
}

}  // namespace hiveframe::config
