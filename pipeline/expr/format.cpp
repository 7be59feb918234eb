#include "pipeline/expr/format.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

#include "config/utf8.hpp"
#include "pipeline/expr/call.hpp"
#include "pipeline/expr/decimal_text.hpp"
#include "pipeline/expr/map_key.hpp"
#include "pipeline/expr/scalar_text.hpp"
#include "pipeline/record/decimal.hpp"
#include "pipeline/record/number.hpp"

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Value;

constexpr int default_precision = 6;
constexpr int max_precision = 1000;

// Text up to the next conversion, and that.
struct Piece {
  std::string_view text;
  char conversion = '\0';  // none: the end
  int precision = default_precision;
  std::string_view written;  // "%.2f"
};

// Takes a format to pieces.
class Pieces {
 public:
  explicit Pieces(std::string_view format) : rest_(format) {}

  // False: the format is wrong, and wrong() says how.
  bool next(Piece& piece) {
    piece = {};
    const std::size_t percent = rest_.find('%');
    piece.text = rest_.substr(0, percent);
    if (percent == std::string_view::npos) {
      rest_ = {};
      return true;
    }
    const std::string_view begin = rest_.substr(percent);
    std::size_t at = 1;
    if (at < begin.size() && begin[at] == '.') {
      const char* const digits = begin.data() + 2;
      const auto [end, error] = std::from_chars(digits, begin.data() + begin.size(), piece.precision);
      at = static_cast<std::size_t>(end - begin.data());
      if (end == digits) return fail("a '%.' without the number of digits behind it");
      if (error != std::errc() || piece.precision < 0 || piece.precision > max_precision)
        return fail("more than 1000 digits behind the point");
    }
    if (at == begin.size()) return fail("a '%' at the end; '%%' is a %");
    piece.conversion = begin[at];
    piece.written = begin.substr(0, at + 1);
    constexpr std::string_view known = "%sdfexXob";
    if (known.find(piece.conversion) == std::string_view::npos)
      return fail("a conversion that is none of %s %d %f %e %x %X %o %b; '%%' is a %");
    rest_ = begin.substr(at + 1);
    return true;
  }

  [[nodiscard]] std::string_view wrong() const { return wrong_; }

 private:
  bool fail(std::string_view how) {
    wrong_ = how;
    return false;
  }

  std::string_view rest_;
  std::string_view wrong_;
};

// The text as it grows.
class Formatter {
 public:
  explicit Formatter(Call& call) : call_(call) {}

  bool put(std::string_view some) {
    if (text_.size() + some.size() > call_.bytes_left()) return call_.take(text_.size() + some.size());
    text_ += some;
    return call_.spend(1 + some.size() / 4);
  }
  bool put(const Piece& piece, const Value& value);
  bool finish(Value& out) {
    if (!call_.take(text_.size())) return false;
    out = Value::string(call_.arena().copy(text_));
    return true;
  }

 private:
  bool any(const Value& value);
  bool list(const Value& value);
  bool map(const Value& value);
  bool utf8(std::string_view bytes);
  bool fixed(const Value& value, int precision);
  bool scientific(const Value& value, int precision);
  bool whole(const Value& value, int base, bool capitals);
  bool hex(std::string_view bytes, bool capitals);
  bool digits(double number, std::chars_format form, int precision);

  Call& call_;
  std::string text_;
};

bool Formatter::put(const Piece& piece, const Value& value) {
  const bool capitals = piece.conversion == 'X';
  switch (piece.conversion) {
    case 's':
      return any(value);
    case 'd':
      if (record::is_number(value)) return any(value);
      return call_.bad_argument(value, "is no number for %d");
    case 'f':
      if (record::is_number(value)) return fixed(value, piece.precision);
      return call_.bad_argument(value, "is no number for %f");
    case 'e':
      if (record::is_number(value)) return scientific(value, piece.precision);
      return call_.bad_argument(value, "is no number for %e");
    case 'o':
      if (value.is(Kind::int64) || value.is(Kind::uint64)) return whole(value, 8, false);
      return call_.bad_argument(value, "is no whole number for %o");
    case 'b':
      if (value.is(Kind::boolean)) return put(value.as_boolean() ? "1" : "0");
      if (value.is(Kind::int64) || value.is(Kind::uint64)) return whole(value, 2, false);
      return call_.bad_argument(value, "is neither a whole number nor true or false for %b");
    default:
      if (value.is(Kind::int64) || value.is(Kind::uint64)) return whole(value, 16, capitals);
      if (value.is(Kind::string) || value.is(Kind::bytes)) return hex(value.text(), capitals);
      return call_.bad_argument(value, "is neither a whole number, a text nor bytes for %x");
  }
}

bool Formatter::any(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
      return put("null");
    case Kind::bytes:
      return utf8(value.text());
    case Kind::list:
      return list(value);
    case Kind::object:
      return map(value);
    default:
      ScalarRoom room;
      return put(scalar_text(value, room).value_or(""));
  }
}

bool Formatter::list(const Value& value) {
  if (!put("[")) return false;
  bool first = true;
  for (const Value& item : value.items()) {
    if ((!first && !put(", ")) || !any(item)) return false;
    first = false;
  }
  return put("]");
}

bool Formatter::map(const Value& value) {
  const std::span<const record::Member> members = value.members();
  if (!call_.spend(members.size() * 16)) return false;
  std::vector<const record::Member*> sorted;
  sorted.reserve(members.size());
  for (const record::Member& each : members)
    sorted.push_back(&each);
  std::sort(sorted.begin(), sorted.end(), [](const record::Member* a, const record::Member* b) {
    return key_text(a->name) < key_text(b->name);
  });
  if (!put("{")) return false;
  bool first = true;
  for (const record::Member* each : sorted) {
    if ((!first && !put(", ")) || !put(key_text(each->name)) || !put(": ") || !any(each->value)) return false;
    first = false;
  }
  return put("}");
}

// What is no UTF-8 is shown by one U+FFFD for each run of it.
bool Formatter::utf8(std::string_view bytes) {
  for (;;) {
    const std::size_t wrong = config::find_invalid_utf8(bytes);
    if (!put(bytes.substr(0, wrong))) return false;
    if (wrong == std::string_view::npos) return true;
    bytes.remove_prefix(wrong);
    while (!bytes.empty() && config::find_invalid_utf8(bytes.substr(0, 4)) == 0)
      bytes.remove_prefix(1);
    if (!put("\xEF\xBF\xBD")) return false;
  }
}

bool Formatter::digits(double number, std::chars_format form, int precision) {
  if (std::isnan(number)) return put("NaN");
  if (std::isinf(number)) return put(number < 0 ? "-Infinity" : "Infinity");
  // The largest double has 309 digits before the point.
  std::array<char, 320 + max_precision> room;
  const auto [end, error] = std::to_chars(room.data(), room.data() + room.size(), number, form, precision);
  return put(std::string_view(room.data(), static_cast<std::size_t>(end - room.data())));
}

bool Formatter::fixed(const Value& value, int precision) {
  if (value.is(Kind::float64)) return digits(value.as_float64(), std::chars_format::fixed, precision);
  if (value.is(Kind::decimal)) {
    if (!call_.spend(record::calculation_work(value, value))) return false;
    const std::optional<std::string> text =
        fixed_text(value, static_cast<std::size_t>(precision), call_.arena());
    if (!text) return call_.bad_argument(value, "has too many digits for %f");
    return call_.take(text->size()) && put(*text);
  }
  if (!any(value)) return false;
  return precision == 0 || (put(".") && put(std::string(static_cast<std::size_t>(precision), '0')));
}

bool Formatter::scientific(const Value& value, int precision) {
  return digits(record::to_float64(value), std::chars_format::scientific, precision);
}

bool Formatter::whole(const Value& value, int base, bool capitals) {
  const bool negative = value.is(Kind::int64) && value.as_int64() < 0;
  const std::uint64_t magnitude =
      negative ? 0 - static_cast<std::uint64_t>(value.as_int64()) : value.as_uint64();
  std::array<char, 65> room;
  const auto [end, error] = std::to_chars(room.data(), room.data() + room.size(), magnitude, base);
  if (capitals) {
    std::transform(room.data(), end, room.data(),
                   [](char c) { return c >= 'a' ? static_cast<char>(c - ('a' - 'A')) : c; });
  }
  return put(negative ? "-" : "") &&
         put(std::string_view(room.data(), static_cast<std::size_t>(end - room.data())));
}

bool Formatter::hex(std::string_view bytes, bool capitals) {
  if (text_.size() + 2 * bytes.size() > call_.bytes_left())
    return call_.take(text_.size() + 2 * bytes.size());
  const std::string_view figures = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text_ += figures[byte >> 4];
    text_ += figures[byte & 15];
  }
  return call_.spend_text(2 * bytes.size());
}

}  // namespace

bool format_values(Call& call, std::string_view format, std::span<const Value> values, Value& out) {
  if (!call.spend_text(format.size())) return false;
  Pieces pieces(format);
  Formatter formatter(call);
  std::size_t used = 0;
  for (;;) {
    Piece piece;
    if (!pieces.next(piece)) {
      return call.bad_argument(call[0], call.arena().copy("has " + std::string(pieces.wrong())));
    }
    if (!formatter.put(piece.text)) return false;
    if (piece.conversion == '\0') break;
    if (piece.conversion == '%') {
      if (!formatter.put("%")) return false;
      continue;
    }
    if (used == values.size()) return call.bad_argument(call[0], "wants more values than the list has");
    if (!formatter.put(piece, values[used++])) return false;
  }
  if (used < values.size()) return call.bad_argument(call[0], "wants fewer values than the list has");
  return formatter.finish(out);
}

std::string problem_of_format(std::string_view format) {
  Pieces pieces(format);
  Piece piece;
  do {
    if (!pieces.next(piece)) return "the format has " + std::string(pieces.wrong());
  } while (piece.conversion != '\0');
  return {};
}

}  // namespace hiveframe::expr
