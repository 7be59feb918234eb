#include "pipeline/codec/json/value_end.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "pipeline/codec/json/characters.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace hiveframe::codec::json {

#ifdef __SSE2__
namespace {

using Bits = std::uint64_t;

constexpr std::size_t block = 64;

/// One bit for each of 64 bytes, the lowest for the first.
struct Found {
  Bits quotes = 0;
  Bits backslashes = 0;
  Bits brackets = 0;
  Bits newlines = 0;
};

Found look(const char* at) noexcept {
  const auto is = [](__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
  const auto bits = [](__m128i hits, int i) {
    return static_cast<Bits>(static_cast<unsigned>(_mm_movemask_epi8(hits))) << (16 * i);
  };
  Found found;
  for (int i = 0; i < 4; ++i) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at) + i);
    // Square brackets differ from curly ones in one bit.
    const __m128i curly = _mm_or_si128(bytes, _mm_set1_epi8('{' ^ '['));
    found.quotes |= bits(is(bytes, '"'), i);
    found.backslashes |= bits(is(bytes, '\\'), i);
    found.brackets |= bits(_mm_or_si128(is(curly, '{'), is(curly, '}')), i);
    found.newlines |= bits(is(bytes, '\n'), i);
  }
  return found;
}

/// Each bit is set if an odd number of those up to it is set: from quote to quote.
Bits within_pairs(Bits bits) noexcept {
  for (int shift = 1; shift < 64; shift *= 2)
    bits ^= bits << shift;
  return bits;
}

/// What a backslash stands before; `carried` says whether that is the first byte, and afterwards the first
/// one of the next block.
Bits escaped_by(Bits backslashes, bool& carried) noexcept {
  Bits escaped = carried ? 1 : 0;
  backslashes &= ~escaped;
  carried = false;
  while (backslashes != 0) {
    const int at = std::countr_zero(backslashes);
    if (at == 63) {
      carried = true;
      break;
    }
    escaped |= Bits{2} << at;
    backslashes &= ~(Bits{3} << at);
  }
  return escaped;
}

/// The brackets that are open.
class Brackets {
 public:
  static constexpr unsigned deepest = 64;

  /// False: it closes no bracket of its kind, or there are too many, or no value can begin there.
  bool take(std::string_view text, std::size_t at) noexcept {
    const char c = text[at];
    const bool list = c == '[' || c == ']';
    if (c == '}' || c == ']') {
      const bool own = ((lists_ & 1) != 0) == list;
      lists_ >>= 1;
      --depth_;
      return own;
    }
    if (depth_ == deepest || (depth_ > 0 && !may_begin(text, at))) return false;
    lists_ = lists_ << 1 | (list ? 1 : 0);
    ++depth_;
    return true;
  }
  [[nodiscard]] bool all_closed() const noexcept { return depth_ == 0; }

 private:
  [[nodiscard]] bool may_begin(std::string_view text, std::size_t at) const noexcept {
    // There is a bracket before it at least.
    char before = text[--at];
    while (is_space(before))
      before = text[--at];
    return before == ':' || before == '[' || (before == ',' && (lists_ & 1) != 0);
  }

  Bits lists_ = 0;  // the innermost in the lowest bit
  unsigned depth_ = 0;
};

}  // namespace

std::size_t value_end(std::string_view text, std::size_t begin) noexcept {
  Brackets open;
  bool escape_carried = false;
  Bits text_carried = 0;  // all ones within a string
  for (std::size_t from = begin; from < text.size(); from += block) {
    char padded[block];
    const char* at = text.data() + from;
    if (text.size() - from < block) {
      std::memset(padded, ' ', block);
      std::memcpy(padded, at, text.size() - from);
      at = padded;
    }
    const Found found = look(at);
    Bits quotes = found.quotes;
    if (found.backslashes != 0 || escape_carried) quotes &= ~escaped_by(found.backslashes, escape_carried);
    const Bits in_text = within_pairs(quotes) ^ text_carried;
    text_carried = in_text >> 63 != 0 ? ~Bits{0} : 0;
    Bits brackets = found.brackets & ~in_text;
    // What stands behind the value is not looked at.
    Bits odd = (found.newlines & in_text) | (found.backslashes & ~in_text);
    for (; brackets != 0; brackets &= brackets - 1) {
      const int i = std::countr_zero(brackets);
      if ((odd & ((Bits{1} << i) - 1)) != 0) return 0;
      if (!open.take(text, from + static_cast<std::size_t>(i))) return 0;
      if (open.all_closed()) return from + static_cast<std::size_t>(i) + 1;
    }
    if (odd != 0) return 0;
  }
  return 0;
}

#else

std::size_t value_end(std::string_view, std::size_t) noexcept { return 0; }

#endif

}  // namespace hiveframe::codec::json
