#include "pipeline/codec/json/writer.hpp"

#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <openssl/evp.h>

#include "pipeline/record/number.hpp"
#include "pipeline/record/time_text.hpp"

namespace hiveframe::codec::json {
namespace {

using record::Kind;
using record::Value;

}  // namespace

bool Writer::write(const Value& value) {
  switch (value.kind()) {
    case Kind::string:
      write_string(value.text());
      return true;
    case Kind::int64:
      reserve(record::max_number_text);
      at_ = record::write_integer(value.as_int64(), at_);
      return true;
    case Kind::float64:
      return write_number(value.as_float64());
    case Kind::object:
      return write_object(value);
    case Kind::list:
      return write_list(value);
    case Kind::boolean:
      write_raw(value.as_boolean() ? std::string_view("true") : std::string_view("false"));
      return true;
    case Kind::null:
      write_raw("null");
      return true;
    case Kind::uint64:
      reserve(record::max_number_text);
      at_ = record::write_integer(value.as_uint64(), at_);
      return true;
    case Kind::decimal:
      write_raw(value.text());
      return true;
    case Kind::bytes:
      write_base64(value.text());
      return true;
    default:
      break;
  }
  reserve(record::max_time_text + 2);
  *at_++ = '"';
  at_ = value.is(Kind::timestamp) ? record::write_timestamp(value, at_)
        : value.is(Kind::date)    ? record::write_date(value, at_)
                                  : record::write_duration(value, at_);
  *at_++ = '"';
  return true;
}

bool Writer::write_object(const Value& object) {
  reserve(2);
  *at_++ = '{';
  for (const record::Member& member : object.members()) {
    write_string(member.name);
    *at_++ = ':';
    if (member.value.is(Kind::string)) {  // the most frequent
      write_string(member.value.text());
    } else if (!write(member.value)) {
      return below_member(member.name);
    }
    *at_++ = ',';
  }
  close('}');
  return true;
}

bool Writer::write_list(const Value& list) {
  reserve(2);
  *at_++ = '[';
  const auto items = list.items();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!write(items[i])) return below_item(i);
    *at_++ = ',';
  }
  close(']');
  return true;
}

void Writer::close(char bracket) {
  // The last comma gives way to the bracket.
  if (at_[-1] == ',') --at_;
  *at_++ = bracket;
  reserve(0);
}

bool Writer::below_member(std::string_view name) {
  path_ = fmt::format(".{}{}", name, path_);
  return false;
}

bool Writer::below_item(std::size_t i) {
  path_ = fmt::format("[{}]{}", i, path_);
  return false;
}

bool Writer::write_number(double number) {
  if (!std::isfinite(number)) {
    cause_ = std::isnan(number) ? "NaN" : number > 0 ? "infinity" : "-infinity";
    return false;
  }
  reserve(record::max_number_text);
  at_ = record::write_float64(number, at_);
  return true;
}

void Writer::write_raw(std::string_view text) {
  reserve(text.size());
  if (!text.empty()) std::memcpy(at_, text.data(), text.size());
  at_ += text.size();
}

void Writer::write_base64(std::string_view octets) {
  // EVP_EncodeBlock writes a 0 behind the text and counts in int: whole groups of three, some at a time.
  constexpr std::size_t segment = 3 * 1024 * 1024;
  reserve(1);
  *at_++ = '"';
  while (!octets.empty()) {
    const std::string_view part = octets.substr(0, segment);
    reserve((part.size() + 2) / 3 * 4 + 1);
    at_ +=
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(at_),
                        reinterpret_cast<const unsigned char*>(part.data()), static_cast<int>(part.size()));
    octets.remove_prefix(part.size());
  }
  reserve(1);
  *at_++ = '"';
}

std::string_view Writer::finish(std::size_t extra) {
  const auto size = static_cast<std::size_t>(at_ - start_);
  arena_.take(size + extra);
  return {start_, size};
}

std::string Writer::problem() const {
  std::string_view path = path_;
  if (path.starts_with('.')) path.remove_prefix(1);
  std::string text(path);
  if (!text.empty()) text += ": ";
  text += cause_;
  return text;
}

void Writer::grow(std::size_t bytes) {
  const auto written = static_cast<std::size_t>(at_ - start_);
  // The block in use is too small. What was written moves to a larger one; it stays readable until then.
  const auto room = arena_.spare(written + bytes + written / 2);
  if (written != 0 && room.data() != start_) std::memcpy(room.data(), start_, written);
  start_ = room.data();
  at_ = start_ + written;
  end_ = start_ + room.size();
}

}  // namespace hiveframe::codec::json
