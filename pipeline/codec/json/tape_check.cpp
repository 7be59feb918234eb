#include "pipeline/codec/json/tape_check.hpp"

#include <algorithm>

#include "pipeline/record/number.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace hiveframe::codec::json {
namespace {

constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;

std::uint64_t load(const char* at) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// Different for different names, but for one chance in very many; then the record is read exactly.
/// Reads up to 8 bytes behind `name`, which simdjson's string buffer has.
std::uint64_t hash(std::string_view name) noexcept {
  const char* at = name.data();
  std::size_t left = name.size();
  std::uint64_t sum = left * odd;
  for (; left > 8; left -= 8, at += 8) {
    sum = (sum ^ load(at)) * odd;
    sum ^= sum >> 32;
  }
  // The bytes beyond the name are shifted out.
  const std::uint64_t rest = left == 0 ? 0 : load(at) << (64 - 8 * left);
  sum = (sum ^ rest) * odd;
  return sum ^ sum >> 32;
}

/// Whether a number that simdjson read as a double is so short and plain that it cannot have been
/// rounded: fewer than 16 characters, none of them an exponent.
bool surely_exact(const char* literal) noexcept {
#ifdef __SSE2__
  // The characters "-./0123456789" are neighbours, and of these no valid number holds a '/'.
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(literal));
  const __m128i from_minus = _mm_sub_epi8(bytes, _mm_set1_epi8('-'));
  const __m128i inside = _mm_cmpeq_epi8(_mm_min_epu8(from_minus, _mm_set1_epi8('9' - '-')), from_minus);
  const auto outside = ~static_cast<unsigned>(_mm_movemask_epi8(inside)) & 0xFFFF;
  if (outside == 0) return false;
  const char end = literal[__builtin_ctz(outside)];
  return (end | 0x20) != 'e';
#else
  std::size_t i = 0;
  while (i < 16 && literal[i] >= '-' && literal[i] <= '9')
    ++i;
  return i < 16 && (literal[i] | 0x20) != 'e';
#endif
}

std::string_view literal_at(const char* source) noexcept {
  const char* end = source;
  while ((*end >= '0' && *end <= '9') || *end == '-' || *end == '+' || *end == '.' || (*end | 0x20) == 'e')
    ++end;
  return {source, static_cast<std::size_t>(end - source)};
}

}  // namespace

bool TapeCheck::passes(const Tape& tape, const char* source) {
  tape_ = &tape;
  source_ = source;
  at_ = Tape::root;
  mark_ = tape.marks();
  names_.clear();
  // What follows a number that is the whole record is not for us to look at.
  return tape.type(Tape::root) != 'd' && value();
}

// Recursion is bounded by the parser's depth.
bool TapeCheck::value() {
  switch (tape_->type(at_)) {
    case '{':
      return object();
    case '[':
      return list();
    case 'l':
      if (!integer()) return false;
      break;
    case 'd':
      if (!real()) return false;
      break;
    case 'u':
      at_ += 2;
      break;
    default:
      ++at_;
  }
  ++mark_;
  return true;
}

bool TapeCheck::object() {
  const std::size_t end = tape_->after(at_) - 1;
  ++at_;
  ++mark_;
  const std::size_t first = names_.size();
  std::uint64_t seen = 0;
  bool doubtful = false;
  while (at_ < end) {
    const std::uint64_t name = hash(tape_->string(at_));
    names_.push_back(name);
    const std::uint64_t bit = std::uint64_t{1} << (name & 63);
    doubtful |= (seen & bit) != 0;
    seen |= bit;
    ++at_;
    mark_ += 2;  // the name and the colon
    if (!value()) return false;
    ++mark_;  // a comma or the bracket
  }
  if (names_.size() == first) ++mark_;  // the bracket of {}
  at_ = end + 1;
  if (doubtful && !names_differ(first)) return false;
  names_.resize(first);
  return true;
}

bool TapeCheck::list() {
  const std::size_t end = tape_->after(at_) - 1;
  ++at_;
  ++mark_;
  if (at_ == end) ++mark_;
  while (at_ < end) {
    if (!value()) return false;
    ++mark_;
  }
  at_ = end + 1;
  return true;
}

bool TapeCheck::integer() {
  // -0 is a double.
  const bool minus_zero = tape_->number<std::int64_t>(at_) == 0 && source_[*mark_] == '-';
  at_ += 2;
  return !minus_zero;
}

bool TapeCheck::real() {
  at_ += 2;
  const char* literal = source_ + *mark_;
  return surely_exact(literal) || record::number_from_literal(literal_at(literal)).is(record::Kind::float64);
}

/// Whether the hashes from `first` on are all different.
bool TapeCheck::names_differ(std::size_t first) {
  constexpr std::size_t few = 16;
  const auto begin = names_.begin() + static_cast<std::ptrdiff_t>(first);
  const std::size_t count = names_.size() - first;
  if (count <= few) {
    for (std::size_t i = 1; i < count; ++i) {
      bool twice = false;
      for (std::size_t j = 0; j < i; ++j)
        twice |= begin[j] == begin[i];
      if (twice) return false;
    }
    return true;
  }
  std::sort(begin, names_.end());
  return std::adjacent_find(begin, names_.end()) == names_.end();
}

}  // namespace hiveframe::codec::json
