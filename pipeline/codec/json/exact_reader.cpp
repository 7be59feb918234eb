#include "pipeline/codec/json/exact_reader.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "pipeline/codec/utf8.hpp"
#include "pipeline/record/number.hpp"

namespace hiveframe::codec::json {
namespace {

using record::DataError;
using record::Member;
using record::Value;

// Names shown in messages are cut after this many bytes.
constexpr std::size_t shown = 60;
// Up to this many names are compared each with each.
constexpr std::size_t few_names = 12;

bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_word(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '+' ||
         c == '-' || c == '.';
}

char* write_utf8(unsigned point, char* to) noexcept {
  if (point < 0x80) {
    *to++ = static_cast<char>(point);
  } else if (point < 0x800) {
    *to++ = static_cast<char>(0xC0 | point >> 6);
    *to++ = static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    *to++ = static_cast<char>(0xE0 | point >> 12);
    *to++ = static_cast<char>(0x80 | (point >> 6 & 0x3F));
    *to++ = static_cast<char>(0x80 | (point & 0x3F));
  } else {
    *to++ = static_cast<char>(0xF0 | point >> 18);
    *to++ = static_cast<char>(0x80 | (point >> 12 & 0x3F));
    *to++ = static_cast<char>(0x80 | (point >> 6 & 0x3F));
    *to++ = static_cast<char>(0x80 | (point & 0x3F));
  }
  return to;
}

/// The longest prefix of at most `shown` bytes that ends between characters.
std::string_view shortened(std::string_view name) noexcept {
  if (name.size() <= shown) return name;
  std::size_t end = shown;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80)
    --end;
  return name.substr(0, end);
}

}  // namespace

bool ExactReader::read(std::string_view text, record::Arena& arena, Value& value, DataError& error) {
  text_ = text;
  at_ = 0;
  expect_ = Expect::value;
  arena_ = &arena;
  error_ = &error;
  root_ = Value();
  open_.clear();
  items_.clear();
  members_.clear();
  if (text.size() > UINT32_MAX)
    return fail(DataError::Type::length, 0, "a JSON record is at most 4 GiB long");
  if (std::optional<DataError> malformed = utf8_error(text)) {
    error = std::move(*malformed);
    return false;
  }
  for (;;) {
    skip_space();
    bool good = false;
    switch (expect_) {
      case Expect::first_item:
        if (at_ < text_.size() && text_[at_] == ']') {
          good = close(true);
          break;
        }
        [[fallthrough]];
      case Expect::value:
        good = read_value();
        break;
      case Expect::first_name:
      case Expect::name:
        good = read_name();
        break;
      case Expect::colon:
        good = at_ < text_.size() && text_[at_] == ':';
        if (!good) return unexpected("':' after a member's name");
        ++at_;
        expect_ = Expect::value;
        break;
      case Expect::comma:
        good = after_value();
        break;
      case Expect::end:
        if (at_ < text_.size()) return unexpected("the end of the record after its value");
        value = root_;
        return true;
    }
    if (!good) return false;
  }
}

bool ExactReader::read_value() {
  if (at_ == text_.size()) return unexpected("a value");
  const char c = text_[at_];
  switch (c) {
    case '{':
    case '[':
      return open(c == '[');
    case '"': {
      std::string_view string;
      if (!read_string(string)) return false;
      add(Value::string(string));
      return true;
    }
    case 't':
      return read_word("true", Value::boolean(true));
    case 'f':
      return read_word("false", Value::boolean(false));
    case 'n':
      return read_word("null", Value());
    default:
      if (c == '-' || is_digit(c)) return read_number();
      return unexpected("a value");
  }
}

bool ExactReader::read_name() {
  if (at_ < text_.size() && text_[at_] == '}' && expect_ == Expect::first_name) return close(false);
  if (at_ == text_.size() || text_[at_] != '"') {
    return unexpected(expect_ == Expect::first_name ? "a member's name in quotes or '}'"
                                                    : "a member's name in quotes after ','");
  }
  std::string_view name;
  if (!read_string(name)) return false;
  members_.push_back({name, Value()});
  expect_ = Expect::colon;
  return true;
}

bool ExactReader::after_value() {
  const bool is_list = open_.back().is_list;
  const char c = at_ < text_.size() ? text_[at_] : '\0';
  if (c == ',') {
    ++at_;
    expect_ = is_list ? Expect::value : Expect::name;
    return true;
  }
  if (c == (is_list ? ']' : '}')) return close(is_list);
  return unexpected(is_list ? "',' or ']' after a list's item" : "',' or '}' after an object's member");
}

bool ExactReader::open(bool is_list) {
  if (open_.size() == max_depth) {
    return fail(DataError::Type::depth, at_, fmt::format("nested deeper than {} levels", max_depth));
  }
  open_.push_back({is_list, is_list ? items_.size() : members_.size()});
  ++at_;
  expect_ = is_list ? Expect::first_item : Expect::first_name;
  return true;
}

bool ExactReader::close(bool is_list) {
  const std::size_t first = open_.back().first;
  Value value;
  if (is_list) {
    const auto items = arena_->array<Value>(items_.size() - first);
    std::copy(items_.begin() + static_cast<std::ptrdiff_t>(first), items_.end(), items.begin());
    items_.resize(first);
    value = Value::list(items);
  } else {
    if (!names_unique(first)) return false;
    const auto members = arena_->array<Member>(members_.size() - first);
    std::copy(members_.begin() + static_cast<std::ptrdiff_t>(first), members_.end(), members.begin());
    members_.resize(first);
    value = Value::object(members);
  }
  open_.pop_back();
  ++at_;
  add(value);
  return true;
}

void ExactReader::add(const Value& value) {
  if (open_.empty()) {
    root_ = value;
    expect_ = Expect::end;
    return;
  }
  if (open_.back().is_list) {
    items_.push_back(value);
  } else {
    members_.back().value = value;
  }
  expect_ = Expect::comma;
}

bool ExactReader::names_unique(std::size_t first) {
  const std::span<const Member> members(members_.data() + first, members_.size() - first);
  std::string_view twice;
  bool found = false;
  if (members.size() <= few_names) {
    for (std::size_t i = 1; i < members.size() && !found; ++i) {
      for (std::size_t j = 0; j < i && !found; ++j) {
        found = members[i].name == members[j].name;
        twice = members[i].name;
      }
    }
  } else {
    names_.clear();
    for (const Member& member : members)
      names_.push_back(member.name);
    std::sort(names_.begin(), names_.end());
    const auto pair = std::adjacent_find(names_.begin(), names_.end());
    found = pair != names_.end();
    if (found) twice = *pair;
  }
  if (!found) return true;
  return fail(DataError::Type::duplicate_key, at_,
              fmt::format("the object that ends here names the member '{}' twice", shortened(twice)));
}

bool ExactReader::read_number() {
  const std::size_t first = at_;
  const auto digits = [&] {
    const std::size_t before = at_;
    while (at_ < text_.size() && is_digit(text_[at_]))
      ++at_;
    return at_ > before;
  };
  const auto next_is = [&](char c) { return at_ < text_.size() && text_[at_] == c; };
  if (next_is('-')) ++at_;
  if (next_is('0')) {
    ++at_;
    if (at_ < text_.size() && is_digit(text_[at_])) {
      return fail(DataError::Type::syntax, first, "a number begins with a needless 0");
    }
  } else if (!digits()) {
    return unexpected("a digit after '-'");
  }
  if (next_is('.')) {
    ++at_;
    if (!digits()) return unexpected("a digit after a number's point");
  }
  if (next_is('e') || next_is('E')) {
    ++at_;
    if (next_is('+') || next_is('-')) ++at_;
    if (!digits()) return unexpected("a digit in a number's exponent");
  }
  add(record::number_from_literal(text_.substr(first, at_ - first)));
  return true;
}

bool ExactReader::read_word(std::string_view word, const Value& value) {
  std::size_t end = at_;
  while (end < text_.size() && is_word(text_[end]))
    ++end;
  if (text_.substr(at_, end - at_) != word) return unexpected("a value");
  at_ = end;
  add(value);
  return true;
}

bool ExactReader::read_string(std::string_view& string) {
  const std::size_t first = at_ + 1;
  at_ = first;
  for (; at_ < text_.size(); ++at_) {
    const auto c = static_cast<unsigned char>(text_[at_]);
    if (c == '"') {
      string = text_.substr(first, at_ - first);
      ++at_;
      return true;
    }
    if (c == '\\') return read_escaped(first, at_, string);
    if (c < 0x20) return unexpected("a control character of a string as an escape");
  }
  return fail(DataError::Type::syntax, first - 1, "a string that begins here is not closed");
}

/// `end` is the first backslash after `first`.
bool ExactReader::read_escaped(std::size_t first, std::size_t end, std::string_view& string) {
  // Unescaped text is never longer than escaped; the closing quote bounds it.
  std::size_t quote = end;
  while (quote < text_.size() && text_[quote] != '"')
    quote += text_[quote] == '\\' ? 2 : 1;
  if (quote >= text_.size()) {
    return fail(DataError::Type::syntax, first - 1, "a string that begins here is not closed");
  }
  const std::size_t room = quote - first;
  char* const start = static_cast<char*>(arena_->allocate(room, 1));
  std::memcpy(start, text_.data() + first, end - first);
  char* to = start + (end - first);
  at_ = end;
  while (at_ < quote) {
    const auto c = static_cast<unsigned char>(text_[at_]);
    if (c == '\\') {
      if (!read_escape(to)) return false;
    } else if (c < 0x20) {
      return unexpected("a control character of a string as an escape");
    } else {
      *to++ = text_[at_++];
    }
  }
  ++at_;
  const auto size = static_cast<std::size_t>(to - start);
  arena_->shrink_last(start, room, size);
  string = {start, size};
  return true;
}

bool ExactReader::read_escape(char*& to) {
  const std::size_t begin = at_++;
  switch (text_[at_++]) {
    case '"':
      *to++ = '"';
      return true;
    case '\\':
      *to++ = '\\';
      return true;
    case '/':
      *to++ = '/';
      return true;
    case 'b':
      *to++ = '\b';
      return true;
    case 'f':
      *to++ = '\f';
      return true;
    case 'n':
      *to++ = '\n';
      return true;
    case 'r':
      *to++ = '\r';
      return true;
    case 't':
      *to++ = '\t';
      return true;
    case 'u':
      break;
    default:
      return fail(DataError::Type::syntax, begin, "an escape that JSON does not have");
  }
  unsigned unit = 0;
  if (!read_code_unit(unit)) return false;
  if (unit >= 0xDC00 && unit <= 0xDFFF) {
    return fail(DataError::Type::encoding, begin, "a low surrogate escape without a high one before it");
  }
  if (unit >= 0xD800 && unit <= 0xDBFF) {
    unsigned low = 0;
    const bool follows = text_.substr(at_).starts_with("\\u");
    if (follows) {
      at_ += 2;
      if (!read_code_unit(low)) return false;
    }
    if (low < 0xDC00 || low > 0xDFFF) {
      return fail(DataError::Type::encoding, begin, "a high surrogate escape without a low one after it");
    }
    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  }
  to = write_utf8(unit, to);
  return true;
}

bool ExactReader::read_code_unit(unsigned& unit) {
  unit = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!is_digit(c) && !letter) return unexpected("four hexadecimal digits after \\u");
    unit = unit * 16 + static_cast<unsigned>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return true;
}

void ExactReader::skip_space() noexcept {
  while (at_ < text_.size() && is_space(text_[at_]))
    ++at_;
}

bool ExactReader::unexpected(std::string_view expected) {
  return fail(DataError::Type::syntax, at_, fmt::format("expected {}, found {}", expected, found()));
}

bool ExactReader::fail(DataError::Type type, std::size_t at, std::string message) {
  *error_ = {type, fmt::format("{} at byte {}", message, at + 1)};
  return false;
}

/// What stands at the current byte, for people.
std::string ExactReader::found() const {
  if (at_ >= text_.size()) return "the end of the record";
  const auto c = static_cast<unsigned char>(text_[at_]);
  if (is_word(text_[at_])) {
    std::size_t end = at_;
    while (end < text_.size() && end - at_ < 20 && is_word(text_[end]))
      ++end;
    return fmt::format("'{}'", text_.substr(at_, end - at_));
  }
  if (c > 0x20 && c < 0x7F) return fmt::format("'{}'", text_[at_]);
  if (text_.substr(at_).starts_with("\xEF\xBB\xBF")) return "a byte order mark";
  if (c == '\n' || c == '\r') return "the end of a line";
  return fmt::format("the byte 0x{:02x}", c);
}

}  // namespace hiveframe::codec::json
