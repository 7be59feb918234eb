#include "pipeline/codec/json/exact_reader.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "pipeline/codec/json/characters.hpp"
#include "pipeline/codec/utf8.hpp"
#include "pipeline/record/number.hpp"

namespace hiveframe::codec::json {
namespace {

using record::DataError;
using record::Member;
using record::Value;

bool is_word(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '+' ||
         c == '-' || c == '.';
}

}  // namespace

bool ExactReader::read(std::string_view text, record::Arena& arena, Value& value, DataError& error) {
  begin(text, 0, &arena, &error);
  checked_ = false;
  if (!run()) return false;
  value = root_;
  return true;
}

void ExactReader::begin(std::string_view text, std::size_t at, record::Arena* arena, DataError* error) {
  text_ = text;
  at_ = at;
  expect_ = Expect::value;
  arena_ = arena;
  error_ = error;
  root_ = Value();
  open_.clear();
  items_.clear();
  members_.clear();
}

bool ExactReader::run() {
  if (!checked_) {
    if (text_.size() > UINT32_MAX)
      return fail(DataError::Type::length, 0, fmt::format("a JSON {} is at most 4 GiB long", whole_));
    if (std::optional<DataError> malformed = utf8_error(text_)) {
      *error_ = std::move(*malformed);
      return false;
    }
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
        if (at_ < text_.size()) return unexpected(fmt::format("the end of the {} after its value", whole_));
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
  const std::size_t quote = at_;
  std::string_view name;
  if (!read_string(name)) return false;
  if (!builds()) {
    check_name(quote);
  } else if (Open& object = open_.back(); object.members != nullptr) {
    object.members[object.count++] = {name, Value()};
  } else {
    members_.push_back({name, Value()});
  }
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
  if (builds()) {
    open_.push_back({is_list, is_list ? items_.size() : members_.size(), at_});
    if (checked_) open_in_place();
  } else {
    open_.push_back({is_list, checked_names_.size(), at_});
  }
  ++at_;
  expect_ = is_list ? Expect::first_item : Expect::first_name;
  return true;
}

bool ExactReader::close(bool is_list) {
  const std::size_t first = open_.back().first;
  Value value;
  if (!builds()) {
    if (!is_list && !checked_names_unique(first)) return false;
    close_checked();
  } else if (is_list) {
    value = close_list();
  } else {
    if (!checked_ && !names_unique(first)) return false;
    value = close_object();
  }
  open_.pop_back();
  ++at_;
  add(value);
  return true;
}

Value ExactReader::close_list() {
  const Open& list = open_.back();
  if (list.items != nullptr) return Value::list({list.items, list.count});
  const auto items = arena_->array<Value>(items_.size() - list.first);
  std::copy(items_.begin() + static_cast<std::ptrdiff_t>(list.first), items_.end(), items.begin());
  items_.resize(list.first);
  return Value::list(items);
}

Value ExactReader::close_object() {
  const Open& object = open_.back();
  if (object.members != nullptr) return Value::object({object.members, object.count});
  const auto members = arena_->array<Member>(members_.size() - object.first);
  std::copy(members_.begin() + static_cast<std::ptrdiff_t>(object.first), members_.end(), members.begin());
  members_.resize(object.first);
  return Value::object(members);
}

void ExactReader::add(const Value& value) {
  ++words_;
  if (open_.empty()) {
    root_ = value;
    expect_ = Expect::end;
    return;
  }
  Open& within = open_.back();
  if (!builds()) {
    ++within.count;
  } else if (within.is_list) {
    if (within.items != nullptr) {
      within.items[within.count++] = value;
    } else {
      items_.push_back(value);
    }
  } else if (within.members != nullptr) {
    within.members[within.count - 1].value = value;
  } else {
    members_.back().value = value;
  }
  expect_ = Expect::comma;
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
  if (builds()) {
    add(record::number_from_literal(text_.substr(first, at_ - first)));
  } else {
    ++words_;  // a number has two
    add(Value());
  }
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
  if (at_ >= text_.size()) return fmt::format("the end of the {}", whole_);
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
