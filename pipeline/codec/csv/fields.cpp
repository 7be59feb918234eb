#include "pipeline/codec/csv/fields.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace hiveframe::codec::csv {
namespace {

// Fields are short: a call of memchr for each costs more than looking at a block of the row at a time.
constexpr std::size_t block_size = 64;

#if defined(__SSE2__)

/// A bit for every byte of the block that is `wanted`, the first one lowest.
std::uint64_t equal_bytes(const char* block, char wanted) noexcept {
  const __m128i pattern = _mm_set1_epi8(wanted);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < block_size; i += sizeof pattern) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + i));
    const auto found = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, pattern)));
    bits |= static_cast<std::uint64_t>(found) << i;
  }
  return bits;
}

#else

std::uint64_t equal_bytes(const char* block, char wanted) noexcept {
  constexpr std::uint64_t each_byte = 0x0101010101010101;
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  // Brings the high bit of each byte, the first one's lowest, to the top byte.
  constexpr std::uint64_t gather = 0x0002040810204081;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < block_size; i += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, block + i, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    const std::uint64_t difference = word ^ (each_byte * static_cast<unsigned char>(wanted));
    const std::uint64_t equal = ~(((difference & ~high_bits) + ~high_bits) | difference) & high_bits;
    bits |= (equal * gather >> 56) << i;
  }
  return bits;
}

#endif

/// Looks for one character from left to right, and remembers what it saw of the block it is in.
class Search {
 public:
  Search(std::string_view text, char wanted) noexcept
      : end_(text.data() + text.size()), block_(text.data()), wanted_(wanted) {
    look();
  }

  /// The first at `from` or behind it, or the end. `from` never goes back.
  const char* next(const char* from) noexcept {
    for (;;) {
      const auto passed = static_cast<std::size_t>(from - block_);
      if (passed < block_size) {
        hits_ &= ~std::uint64_t{0} << passed;
        if (hits_ != 0) return block_ + std::countr_zero(hits_);
        if (static_cast<std::size_t>(end_ - block_) <= block_size) return end_;
        block_ += block_size;
        from = block_;
      } else {
        block_ = from;
      }
      look();
    }
  }

 private:
  void look() noexcept {
    const auto left = static_cast<std::size_t>(end_ - block_);
    if (left >= block_size) {
      hits_ = equal_bytes(block_, wanted_);
      return;
    }
    // Nobody says that more may be read.
    std::array<char, block_size> copy{};
    if (left != 0) std::memcpy(copy.data(), block_, left);
    hits_ = equal_bytes(copy.data(), wanted_) & ((std::uint64_t{1} << left) - 1);
  }

  const char* end_;
  const char* block_;
  std::uint64_t hits_ = 0;
  char wanted_;
};

std::string counted(std::size_t number, std::string_view noun) {
  return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

record::DataError error_in(std::size_t field, std::string_view what) {
  return {record::DataError::Type::syntax, "field " + std::to_string(field) + " " + std::string(what)};
}

}  // namespace

bool split(std::string_view row, char delimiter, char quote, std::vector<Field>& fields,
           record::DataError& error) {
  fields.clear();
  Search delimiters(row, delimiter);
  const char* at = row.data();
  const char* const end = at + row.size();
  for (;;) {
    Field field;
    const char* field_end;
    if (at != end && *at == quote) {
      const char* const begin = at + 1;
      const char* closing = begin;
      for (;;) {
        closing = closing == end ? nullptr
                                 : static_cast<const char*>(
                                       std::memchr(closing, quote, static_cast<std::size_t>(end - closing)));
        if (closing == nullptr) {
          error = error_in(fields.size() + 1, "begins with a quote that is not closed");
          return false;
        }
        if (closing + 1 == end || closing[1] != quote) break;
        field.doubled = true;
        closing += 2;
      }
      field.text = {begin, static_cast<std::size_t>(closing - begin)};
      field.quoted = true;
      field_end = closing + 1;
      if (field_end != end && *field_end != delimiter) {
        error =
            error_in(fields.size() + 1, "goes on behind its closing quote; a quote within is written twice");
        return false;
      }
    } else {
      field_end = delimiters.next(at);
      field.text = {at, static_cast<std::size_t>(field_end - at)};
    }
    fields.push_back(field);
    if (field_end == end) return true;
    at = field_end + 1;
  }
}

std::string wrong_width(std::size_t fields, std::size_t columns) {
  return "the row has " + counted(fields, "field") + " for " + counted(columns, "column");
}

std::string_view text_of(const Field& field, char quote, record::Arena& arena) {
  if (!field.doubled) return field.text;
  const std::size_t room = field.text.size();
  char* const to = arena.array<char>(room).data();
  char* out = to;
  for (std::size_t i = 0; i < field.text.size(); ++i) {
    *out++ = field.text[i];
    if (field.text[i] == quote) ++i;
  }
  arena.shrink_last(to, room, static_cast<std::size_t>(out - to));
  return {to, static_cast<std::size_t>(out - to)};
}

}  // namespace hiveframe::codec::csv
