// CEL's extension `strings` (google/cel-spec, doc/extensions/strings.md and cel-go's ext/README.md): what
// takes one text. Positions count code points.

#include <algorithm>
#include <array>

#include "pipeline/expr/call.hpp"
#include "pipeline/expr/code_points.hpp"
#include "pipeline/expr/library.hpp"
#include "pipeline/expr/text_search.hpp"

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Value;

// The place that an argument names, from 0 to `size`.
bool read_position(Call& call, std::size_t argument, std::size_t size, std::size_t& position) {
  const Value& value = call[argument];
  if (value.is(Kind::uint64) || value.as_int64() < 0 || value.as_uint64() > size)
    return call.bad_position(value, size);
  position = static_cast<std::size_t>(value.as_uint64());
  return true;
}

bool char_at(Call& call, Value& out) {
  const std::string_view text = call.text(0);
  if (!call.spend_text(text.size())) return false;
  const std::size_t size = count_code_points(text);
  std::size_t position = 0;
  if (!read_position(call, 1, size, position)) return false;
  const std::size_t begin = code_point_offset(text, position);
  out = Value::string(text.substr(begin, position < size ? code_point_size(text[begin]) : 0));
  return true;
}

bool substring(Call& call, Value& out) {
  const std::string_view text = call.text(0);
  if (!call.spend_text(text.size())) return false;
  const std::size_t size = count_code_points(text);
  std::size_t begin = 0;
  std::size_t end = size;
  if (!read_position(call, 1, size, begin)) return false;
  if (call.size() == 3 && !read_position(call, 2, size, end)) return false;
  if (begin > end) return call.bad_argument(call[1], "is behind the end of the part that is wanted");
  const std::size_t first = code_point_offset(text, begin);
  const std::string_view rest = text.substr(first);
  out = Value::string(rest.substr(0, code_point_offset(rest, end - begin)));
  return true;
}

Value position_of(std::string_view text, std::size_t found) {
  if (found == std::string_view::npos) return Value::int64(-1);
  return Value::uint64(count_code_points(text.substr(0, found)));
}

bool index_of(Call& call, Value& out) {
  const std::string_view text = call.text(0);
  const std::string_view part = call.text(1);
  if (!call.spend_text(text.size() + part.size())) return false;
  std::size_t from = 0;
  if (call.size() == 3) {
    if (!read_position(call, 2, count_code_points(text), from)) return false;
    from = code_point_offset(text, from);
  }
  out = position_of(text, find_text(text, part, from));
  return true;
}

bool last_index_of(Call& call, Value& out) {
  const std::string_view text = call.text(0);
  const std::string_view part = call.text(1);
  if (!call.spend_text(text.size() + part.size())) return false;
  std::size_t last = text.size();
  if (call.size() == 3) {
    if (!read_position(call, 2, count_code_points(text), last)) return false;
    last = code_point_offset(text, last);
  }
  if (part.size() > text.size()) {
    out = Value::int64(-1);
    return true;
  }
  if (!call.take(part.size() * sizeof(std::uint32_t))) return false;
  const std::span<std::uint32_t> table = call.arena().array<std::uint32_t>(part.size());
  out = position_of(text, find_last_text(text, part, last, table));
  return true;
}

// Text of the same length; `change` fills it.
template <class Change>
bool changed(Call& call, Value& out, Change change) {
  const std::string_view text = call.text(0);
  if (!call.take(text.size()) || !call.spend_text(text.size())) return false;
  const std::span<char> room = call.arena().array<char>(text.size());
  change(text, room.data());
  out = Value::string(std::string_view(room.data(), room.size()));
  return true;
}

bool lower_ascii(Call& call, Value& out) {
  return changed(call, out, [](std::string_view text, char* to) {
    std::transform(text.begin(), text.end(), to,
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  });
}

bool upper_ascii(Call& call, Value& out) {
  return changed(call, out, [](std::string_view text, char* to) {
    std::transform(text.begin(), text.end(), to,
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; });
  });
}

bool reverse(Call& call, Value& out) {
  return changed(call, out, [](std::string_view text, char* to) {
    char* end = to + text.size();
    for (std::size_t at = 0; at < text.size();) {
      const std::string_view one = text.substr(at, code_point_size(text[at]));
      end -= one.size();
      std::copy(one.begin(), one.end(), end);
      at += one.size();
    }
  });
}

// White_Space of Unicode, in UTF-8.
constexpr std::array<std::string_view, 25> blanks{" ",
                                                  "\t",
                                                  "\n",
                                                  "\v",
                                                  "\f",
                                                  "\r",
                                                  "\xC2\x85",
                                                  "\xC2\xA0",
                                                  "\xE1\x9A\x80",
                                                  "\xE2\x80\x80",
                                                  "\xE2\x80\x81",
                                                  "\xE2\x80\x82",
                                                  "\xE2\x80\x83",
                                                  "\xE2\x80\x84",
                                                  "\xE2\x80\x85",
                                                  "\xE2\x80\x86",
                                                  "\xE2\x80\x87",
                                                  "\xE2\x80\x88",
                                                  "\xE2\x80\x89",
                                                  "\xE2\x80\x8A",
                                                  "\xE2\x80\xA8",
                                                  "\xE2\x80\xA9",
                                                  "\xE2\x80\xAF",
                                                  "\xE2\x81\x9F",
                                                  "\xE3\x80\x80"};

bool trim(Call& call, Value& out) {
  std::string_view text = call.text(0);
  if (!call.spend_text(text.size())) return false;
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view blank : blanks) {
      if (!text.starts_with(blank)) continue;
      text.remove_prefix(blank.size());
      found = true;
    }
  }
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view blank : blanks) {
      if (!text.ends_with(blank)) continue;
      text.remove_suffix(blank.size());
      found = true;
    }
  }
  out = Value::string(text);
  return true;
}

char escape_of(char c) noexcept {
  switch (c) {
    case '\a':
      return 'a';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\v':
      return 'v';
    case '\\':
    case '"':
      return c;
    default:
      return '\0';
  }
}

bool quote(Call& call, Value& out) {
  const std::string_view text = call.text(0);
  const auto escaped = std::count_if(text.begin(), text.end(), [](char c) { return escape_of(c) != '\0'; });
  const std::size_t size = text.size() + static_cast<std::size_t>(escaped) + 2;
  if (!call.take(size) || !call.spend_text(size)) return false;
  const std::span<char> room = call.arena().array<char>(size);
  char* to = room.data();
  *to++ = '"';
  for (const char c : text) {
    const char escape = escape_of(c);
    if (escape != '\0') *to++ = '\\';
    *to++ = escape != '\0' ? escape : c;
  }
  *to = '"';
  out = Value::string(std::string_view(room.data(), size));
  return true;
}

constexpr TypeSet string = set_of(Type::string);
constexpr TypeSet integers = set_of(Type::integer) | set_of(Type::unsigned_integer);

constexpr Function of_text(std::string_view name, FunctionHelp help, Work work) {
  return {name, FunctionId::library, false, true, 1, 1, {string}, Type::string, help, work};
}

using enum FunctionGroup;

constexpr std::array<Function, 9> table{{
    {"charAt",
     FunctionId::library,
     false,
     true,
     2,
     2,
     {string, integers},
     Type::string,
     {text, "text.charAt(position)", "The character there, counted from 0; at the end an empty text",
      "'Zürich'.charAt(1)", "\"ü\""},
     char_at},
    {"substring",
     FunctionId::library,
     false,
     true,
     2,
     3,
     {string, integers, integers},
     Type::string,
     {text, "text.substring(from, to)",
      "The characters from one position to before another; without the second, to the end",
      "'2024-02-29'.substring(5, 7)", "\"02\""},
     substring},
    {"indexOf",
     FunctionId::library,
     false,
     true,
     2,
     3,
     {string, string, integers},
     Type::integer,
     {text, "text.indexOf(part)",
      "The position of the first such part, or -1; text.indexOf(part, from) begins there",
      "'ada@example.com'.indexOf('@')", "3"},
     index_of},
    {"lastIndexOf",
     FunctionId::library,
     false,
     true,
     2,
     3,
     {string, string, integers},
     Type::integer,
     {text, "text.lastIndexOf(part)",
      "The position of the last such part, or -1; text.lastIndexOf(part, last) looks no further",
      "'a/b/c.csv'.lastIndexOf('/')", "3"},
     last_index_of},
    of_text("lowerAscii",
            {text, "text.lowerAscii()", "With a to z for A to Z", "'ÄPFEL'.lowerAscii()", "\"Äpfel\""},
            lower_ascii),
    of_text("upperAscii",
            {text, "text.upperAscii()", "With A to Z for a to z", "'nl-12'.upperAscii()", "\"NL-12\""},
            upper_ascii),
    of_text("trim",
            {text, "text.trim()", "Without the white space around it", "'  a b\\n'.trim()", "\"a b\""}, trim),
    of_text(
        "reverse",
        {text, "text.reverse()", "Its characters from the last to the first", "'abc'.reverse()", "\"cba\""},
        reverse),
    {"strings.quote",
     FunctionId::library,
     true,
     false,
     1,
     1,
     {string},
     Type::string,
     {text, "strings.quote(text)", "In double quotes, with escapes, as CEL would be given it",
      "strings.quote('a\\tb')", R"("\"a\\tb\"")"},
     quote},
}};

}  // namespace

std::span<const Function> text_functions() noexcept { return table; }

}  // namespace hiveframe::expr
