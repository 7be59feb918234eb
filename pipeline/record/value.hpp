#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace hiveframe::record {

/// What a Value holds. The order is part of no contract.
enum class Kind : std::uint8_t {
  null,
  boolean,
  int64,
  uint64,     ///< only for integers above INT64_MAX: every smaller one is int64
  float64,    ///< never NaN or infinite when it came from JSON
  decimal,    ///< an exact number as JSON text, when no double and no 64-bit integer is the same number
  string,     ///< valid UTF-8
  bytes,      ///< any octets
  timestamp,  ///< a point in time, or a local date and time without a zone; nanoseconds
  date,       ///< a calendar day, proleptic Gregorian
  duration,   ///< a signed length of time; nanoseconds
  list,
  object,
};

namespace detail {

/// Whether the first and the last bytes of two texts are the same, as many as Word has: all bytes of texts
/// that are up to twice as long.
template <class Word>
bool same_ends(const char* a, const char* b, std::size_t size) noexcept {
  Word first[2];
  Word last[2];
  std::memcpy(&first[0], a, sizeof(Word));
  std::memcpy(&first[1], b, sizeof(Word));
  std::memcpy(&last[0], a + size - sizeof(Word), sizeof(Word));
  std::memcpy(&last[1], b + size - sizeof(Word), sizeof(Word));
  return first[0] == first[1] && last[0] == last[1];
}

}  // namespace detail

/// `a == b` for names and the short texts that conditions are made of: a call of memcmp costs more than
/// comparing those.
inline bool same_text(std::string_view a, std::string_view b) noexcept {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  if (size > 16) return std::memcmp(a.data(), b.data(), size) == 0;
  if (size >= 8) return detail::same_ends<std::uint64_t>(a.data(), b.data(), size);
  if (size >= 4) return detail::same_ends<std::uint32_t>(a.data(), b.data(), size);
  if (size >= 2) return detail::same_ends<std::uint16_t>(a.data(), b.data(), size);
  return size == 0 || a[0] == b[0];
}

struct Member;

/// A small view of one value: 16 bytes, trivially copyable, owning nothing. Text, items and members
/// stand in an Arena or in a source buffer, which must outlive every Value that points there.
/// Nothing behind a Value is changed through it; an edited object is a new array of members.
/// Any thread may read it.
class Value {
 public:
  constexpr Value() noexcept : integer_(0) {}

  static Value boolean(bool v) noexcept { return Value(Kind::boolean, v ? 1 : 0); }
  static Value int64(std::int64_t v) noexcept { return Value(Kind::int64, v); }
  /// Normalises: what fits in int64 becomes int64, so that equal integers have one form.
  static Value uint64(std::uint64_t v) noexcept {
    return Value(v <= static_cast<std::uint64_t>(INT64_MAX) ? Kind::int64 : Kind::uint64,
                 static_cast<std::int64_t>(v));
  }
  static Value float64(double v) noexcept {
    Value out(Kind::float64, 0);
    out.float_ = v;
    return out;
  }
  /// `text` is a JSON number literal.
  static Value decimal(std::string_view text) noexcept { return Value(Kind::decimal, text); }
  static Value string(std::string_view text) noexcept { return Value(Kind::string, text); }
  static Value bytes(std::string_view octets) noexcept { return Value(Kind::bytes, octets); }
  /// Seconds since 1970-01-01T00:00:00 (UTC, or of the local calendar), rounded down, and the
  /// nanoseconds after that second (0 to 999,999,999).
  static Value timestamp(std::int64_t seconds, std::uint32_t nanos, bool local = false) noexcept {
    Value out(Kind::timestamp, seconds);
    out.size_ = nanos;
    out.local_ = local;
    return out;
  }
  /// Days since 1970-01-01.
  static Value date(std::int64_t days) noexcept { return Value(Kind::date, days); }
  /// Seconds rounded down, and the nanoseconds after them: -0.5 s is (-1, 500,000,000).
  static Value duration(std::int64_t seconds, std::uint32_t nanos) noexcept {
    Value out(Kind::duration, seconds);
    out.size_ = nanos;
    return out;
  }
  static Value list(std::span<const Value> items) noexcept {
    Value out(Kind::list, 0);
    out.items_ = items.data();
    out.size_ = static_cast<std::uint32_t>(items.size());
    return out;
  }
  static Value object(std::span<const Member> members) noexcept;

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] bool is_null() const noexcept { return kind_ == Kind::null; }
  [[nodiscard]] bool is(Kind kind) const noexcept { return kind_ == kind; }

  // Each accessor asks for a Value of its kind.
  [[nodiscard]] bool as_boolean() const noexcept { return assert(is(Kind::boolean)), integer_ != 0; }
  [[nodiscard]] std::int64_t as_int64() const noexcept { return assert(is(Kind::int64)), integer_; }
  [[nodiscard]] std::uint64_t as_uint64() const noexcept {
    return assert(is(Kind::uint64) || is(Kind::int64)), static_cast<std::uint64_t>(integer_);
  }
  [[nodiscard]] double as_float64() const noexcept { return assert(is(Kind::float64)), float_; }
  /// Of a string, bytes or decimal.
  [[nodiscard]] std::string_view text() const noexcept {
    assert(is(Kind::string) || is(Kind::bytes) || is(Kind::decimal));
    return {text_, size_};
  }
  /// Of a timestamp or duration.
  [[nodiscard]] std::int64_t seconds() const noexcept {
    return assert(is(Kind::timestamp) || is(Kind::duration)), integer_;
  }
  [[nodiscard]] std::uint32_t nanos() const noexcept {
    return assert(is(Kind::timestamp) || is(Kind::duration)), size_;
  }
  /// Of a timestamp: whether it is a local date and time, of no zone.
  [[nodiscard]] bool local() const noexcept { return assert(is(Kind::timestamp)), local_; }
  /// Of a date: days since 1970-01-01.
  [[nodiscard]] std::int64_t days() const noexcept { return assert(is(Kind::date)), integer_; }
  [[nodiscard]] std::span<const Value> items() const noexcept {
    return assert(is(Kind::list)), std::span<const Value>(items_, size_);
  }
  [[nodiscard]] std::span<const Member> members() const noexcept;

  /// The value of an object's member, or nullptr: of other kinds, and where there is none.
  [[nodiscard]] const Value* find(std::string_view name) const noexcept;

 private:
  Value(Kind kind, std::int64_t integer) noexcept : integer_(integer), kind_(kind) {}
  Value(Kind kind, std::string_view text) noexcept
      : text_(text.data()), size_(static_cast<std::uint32_t>(text.size())), kind_(kind) {
    assert(text.size() <= UINT32_MAX);
  }

  union {
    std::int64_t integer_;
    double float_;
    const char* text_;
    const Value* items_;
    const Member* members_;
  };
  std::uint32_t size_ = 0;  // of text, items or members; nanoseconds of a timestamp or duration
  Kind kind_ = Kind::null;
  bool local_ = false;
};

/// One name and value of an object. Names are unique within an object and keep their order.
struct Member {
  std::string_view name;
  Value value;
};

inline Value Value::object(std::span<const Member> members) noexcept {
  Value out(Kind::object, 0);
  out.members_ = members.data();
  out.size_ = static_cast<std::uint32_t>(members.size());
  return out;
}

inline std::span<const Member> Value::members() const noexcept {
  return assert(is(Kind::object)), std::span<const Member>(members_, size_);
}

/// The index of the member of that name, or how many there are.
inline std::size_t position(std::span<const Member> members, std::string_view name) noexcept {
  std::size_t at = 0;
  while (at < members.size() && !same_text(members[at].name, name))
    ++at;
  return at;
}

inline const Value* Value::find(std::string_view name) const noexcept {
  if (!is(Kind::object)) return nullptr;
  const std::span<const Member> all = members();
  const std::size_t at = position(all, name);
  return at < all.size() ? &all[at].value : nullptr;
}

static_assert(sizeof(Value) == 16 && std::is_trivially_copyable_v<Value>);
static_assert(sizeof(Member) == 32);

}  // namespace hiveframe::record
