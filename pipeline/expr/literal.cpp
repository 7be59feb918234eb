#include "pipeline/expr/literal.hpp"

#include <charconv>

#include "config/utf8.hpp"
#include "pipeline/expr/floating.hpp"

namespace hiveframe::expr {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

int hex_digit(char c) noexcept {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Reads the escapes of one literal.
class Unquoter {
 public:
  Unquoter(std::string_view text, const QuotedLiteral& literal, Problem& problem)
      : text_(text),
        at_(literal.content_begin),
        end_(literal.content_end),
        literal_(literal),
        problem_(problem) {}

  std::optional<std::string> run() {
    while (at_ < end_) {
      if (text_[at_] == '\\' && !literal_.raw) {
        if (!escape()) return std::nullopt;
      } else {
        out_.push_back(text_[at_++]);
      }
    }
    return std::move(out_);
  }

 private:
  bool escape() {
    const std::size_t begin = at_++;
    if (at_ == end_) return fail(begin, "a backslash at the end of a text", "write '\\\\' for a backslash");
    const char c = text_[at_++];
    switch (c) {
      case '\\':
      case '?':
      case '"':
      case '\'':
      case '`':
        out_.push_back(c);
        return true;
      case 'a':
        out_.push_back('\a');
        return true;
      case 'b':
        out_.push_back('\b');
        return true;
      case 'f':
        out_.push_back('\f');
        return true;
      case 'n':
        out_.push_back('\n');
        return true;
      case 'r':
        out_.push_back('\r');
        return true;
      case 't':
        out_.push_back('\t');
        return true;
      case 'v':
        out_.push_back('\v');
        return true;
      case 'x':
      case 'X':
        return octet(begin, hex(2), "two hexadecimal digits are needed after '\\x'");
      case 'u':
        return code_point(begin, hex(4), "four hexadecimal digits are needed after '\\u'");
      case 'U':
        return code_point(begin, hex(8), "eight hexadecimal digits are needed after '\\U'");
      default:
        if (c >= '0' && c <= '3') {
          --at_;
          return octet(begin, octal(), "three octal digits are needed after a backslash and a digit");
        }
        while (at_ < end_ && (static_cast<unsigned char>(text_[at_]) & 0xC0) == 0x80)
          ++at_;
        return fail(begin, "unknown escape '" + std::string(text_.substr(begin, at_ - begin)) + "'",
                    "write '\\\\' for a backslash, or r'…' for a text without escapes");
    }
  }

  std::optional<std::uint32_t> hex(std::size_t digits) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const int digit = at_ < end_ ? hex_digit(text_[at_]) : -1;
      if (digit < 0) return std::nullopt;
      value = value << 4 | static_cast<std::uint32_t>(digit);
      ++at_;
    }
    return value;
  }

  std::optional<std::uint32_t> octal() {
    std::uint32_t value = 0;
    for (int i = 0; i < 3; ++i) {
      if (at_ == end_ || text_[at_] < '0' || text_[at_] > '7') return std::nullopt;
      value = value << 3 | static_cast<std::uint32_t>(text_[at_++] - '0');
    }
    return value;
  }

  bool octet(std::size_t begin, std::optional<std::uint32_t> value, const char* wanted) {
    if (!value) return fail(begin, wanted, {});
    if (literal_.bytes) {
      out_.push_back(static_cast<char>(*value));
    } else {
      config::append_utf8(out_, *value);
    }
    return true;
  }

  bool code_point(std::size_t begin, std::optional<std::uint32_t> value, const char* wanted) {
    if (literal_.bytes) {
      return fail(begin, "'\\u' has no meaning in bytes", "write the octets: b'\\xC3\\xBF'");
    }
    if (!value) return fail(begin, wanted, {});
    if (*value >= 0xD800 && *value <= 0xDBFF && text_.substr(at_, 2) == "\\u" && at_ + 6 <= end_) {
      at_ += 2;
      const std::optional<std::uint32_t> low = hex(4);
      if (low && *low >= 0xDC00 && *low <= 0xDFFF) {
        config::append_utf8(out_, 0x10000 + ((*value - 0xD800) << 10) + (*low - 0xDC00));
        return true;
      }
      return fail(begin, "half of a surrogate pair is no character", {});
    }
    if (*value >= 0xD800 && *value <= 0xDFFF)
      return fail(begin, "half of a surrogate pair is no character", {});
    if (*value > 0x10FFFF) return fail(begin, "there is no character beyond U+10FFFF", {});
    config::append_utf8(out_, *value);
    return true;
  }

  bool fail(std::size_t begin, std::string message, std::string hint) {
    problem_ = {begin, std::max(at_, begin + 1), std::move(message), std::move(hint)};
    return false;
  }

  std::string_view text_;
  std::size_t at_;
  std::size_t end_;
  const QuotedLiteral& literal_;
  Problem& problem_;
  std::string out_;
};

}  // namespace

std::optional<QuotedLiteral> find_quoted(std::string_view text, std::size_t begin, Problem& problem) {
  QuotedLiteral literal;
  std::size_t at = begin;
  if (at < text.size() && (text[at] == 'b' || text[at] == 'B')) {
    literal.bytes = true;
    ++at;
  }
  if (at < text.size() && (text[at] == 'r' || text[at] == 'R')) {
    literal.raw = true;
    ++at;
  }
  if (at >= text.size() || (text[at] != '"' && text[at] != '\'')) return std::nullopt;
  const char quote = text[at];
  const bool triple = text.substr(at, 3) == std::string(3, quote);
  const std::string_view closing = text.substr(at, triple ? 3 : 1);
  literal.content_begin = at + closing.size();
  for (at = literal.content_begin; at < text.size(); ++at) {
    if (text[at] == '\\' && !literal.raw) {
      ++at;  // whatever follows does not close
    } else if (text.substr(at, closing.size()) == closing) {
      literal.content_end = at;
      literal.end = at + closing.size();
      return literal;
    } else if (!triple && (text[at] == '\n' || text[at] == '\r')) {
      break;
    }
  }
  problem = {begin, literal.content_begin, "the quote is not closed",
             at < text.size() ? "a text over several lines stands in three quotes" : ""};
  return std::nullopt;
}

std::optional<std::string> unquote(std::string_view text, const QuotedLiteral& literal, Problem& problem) {
  return Unquoter(text, literal, problem).run();
}

std::optional<NumberLiteral> read_number(std::string_view text, std::size_t begin, Problem& problem) {
  const auto at = [text](std::size_t i) { return i < text.size() ? text[i] : '\0'; };
  NumberLiteral literal;
  std::size_t end = begin;
  int base = 10;
  std::size_t digits_begin = begin;
  const auto fail = [&](std::string message) {
    while (is_letter(at(end)) || is_digit(at(end)))
      ++end;
    problem = {begin, end, std::move(message), {}};
    return std::nullopt;
  };

  if (at(begin) == '0' && (at(begin + 1) == 'x' || at(begin + 1) == 'X')) {
    base = 16;
    digits_begin = end = begin + 2;
    while (hex_digit(at(end)) >= 0)
      ++end;
    if (end == digits_begin) return fail("a hexadecimal number needs a digit");
  } else {
    while (is_digit(at(end)))
      ++end;
    if (at(end) == '.' && is_digit(at(end + 1))) {
      literal.kind = NumberLiteral::Kind::floating;
      ++end;
      while (is_digit(at(end)))
        ++end;
    }
    if (at(end) == 'e' || at(end) == 'E') {
      literal.kind = NumberLiteral::Kind::floating;
      ++end;
      if (at(end) == '+' || at(end) == '-') ++end;
      if (!is_digit(at(end))) return fail("an exponent needs a digit");
      while (is_digit(at(end)))
        ++end;
    }
  }

  if (literal.kind == NumberLiteral::Kind::floating) {
    if (read_floating(text.substr(begin, end - begin), literal.floating) != std::errc()) {
      return fail("the number is too large for a double");
    }
  } else {
    const auto [_, error] =
        std::from_chars(text.data() + digits_begin, text.data() + end, literal.integer, base);
    const bool is_unsigned = at(end) == 'u' || at(end) == 'U';
    if (is_unsigned) {
      ++end;
      literal.kind = NumberLiteral::Kind::unsigned_integer;
    }
    if (error != std::errc() || (!is_unsigned && literal.integer > std::uint64_t{1} << 63)) {
      return fail(is_unsigned ? "the number is too large for a uint (64 bits)"
                              : "the number is too large for an int (64 bits)");
    }
  }
  if (is_letter(at(end)) || is_digit(at(end))) return fail("a number is followed by letters");
  literal.end = end;
  return literal;
}

}  // namespace hiveframe::expr
