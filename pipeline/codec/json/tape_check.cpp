#include "pipeline/codec/json/tape_check.hpp"

#include <bit>

#include "pipeline/codec/json/number_check.hpp"

namespace hiveframe::codec::json {
namespace {

constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;

std::uint64_t load(const char* at) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// Different for different names, but for one chance in very many; then the record is read exactly.
[[gnu::noinline]] std::uint64_t long_hash(std::string_view name) noexcept {
  const char* at = name.data();
  std::size_t left = name.size();
  std::uint64_t sum = left * odd;
  for (; left > 8; left -= 8, at += 8) {
    sum = (sum ^ load(at)) * odd;
    sum ^= sum >> 32;
  }
  sum = (sum ^ load(name.data() + name.size() - 8)) * odd;
  return (sum ^ sum >> 32) * odd;
}

/// The top bits are the mixed ones. Reads up to 8 bytes behind a short name, which simdjson's string
/// buffer has.
inline std::uint64_t hash(std::string_view name) noexcept {
  if (name.size() - 1 < 8) [[likely]]
    return (load(name.data()) << (8 * (8 - name.size()))) * odd;
  return name.empty() ? 1 : long_hash(name);
}

}  // namespace

bool TapeCheck::passes(const Tape& tape, const char* source) {
  tape_ = &tape;
  source_ = source;
  // What follows a number that is the whole record is not for us to look at.
  if (tape.type(Tape::root) == 'd') return false;
  if (known_.hold(tape, source)) return true;
  if (after_value({Tape::root, tape.marks()}, 0).i == 0) return false;
  known_.learn(tape);
  return true;
}

// Recursion is bounded by the parser's depth.
inline TapeCheck::Place TapeCheck::after_value(Place at, std::size_t names) {
  switch (tape_->type(at.i)) {
    case '{':
      return object(at, names);
    case '[':
      return list(at, names);
    case 'l':
    case 'd':
      return {keeps_number(*tape_, at.i, source_ + *at.mark) ? at.i + 2 : 0, at.mark + 1};
    case 'u':
      return {at.i + 2, at.mark + 1};
    default:
      return {at.i + 1, at.mark + 1};
  }
}

TapeCheck::Place TapeCheck::object(Place at, std::size_t names) {
  const Tape tape = *tape_;
  const std::size_t end = tape.after(at.i) - 1;
  const std::size_t needed = names + tape.count(at.i);
  if (needed > names_.size()) [[unlikely]]
    names_.resize(2 * needed);
  ++at.i;
  ++at.mark;
  if (at.i == end) return {end + 1, at.mark + 1};
  std::size_t top = names;
  std::uint64_t seen = 0;
  std::uint64_t seen_twice = 0;
  while (at.i < end) {
    const std::uint64_t name = hash(tape.string(at.i));
    names_[top++] = name;
    const std::uint64_t slot = name >> 58;
    seen_twice |= seen >> slot;
    seen |= std::uint64_t{1} << slot;
    const Place value{at.i + 1, at.mark + 2};  // behind the name and the colon
    if (tape.type(value.i) == '"') {           // by far the most frequent, and nothing to check
      at = {value.i + 1, value.mark + 2};
      continue;
    }
    at = after_value(value, top);
    if (at.i == 0) return at;
    ++at.mark;  // a comma or the bracket
  }
  if ((seen_twice & 1) != 0 && !differ({names_.data() + names, top - names})) return {0, at.mark};
  return {end + 1, at.mark};
}

TapeCheck::Place TapeCheck::list(Place at, std::size_t names) {
  const std::size_t end = tape_->after(at.i) - 1;
  ++at.i;
  ++at.mark;
  if (at.i == end) return {end + 1, at.mark + 1};
  while (at.i < end) {
    at = after_value(at, names);
    if (at.i == 0) return at;
    ++at.mark;
  }
  return {end + 1, at.mark};
}

/// Whether all hashes are different.
bool TapeCheck::differ(std::span<const std::uint64_t> names) {
  constexpr std::size_t few = 12;
  if (names.size() <= few) {
    bool twice = false;
    for (std::size_t i = 1; i < names.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j)
        twice |= names[i] == names[j];
    }
    return !twice;
  }
  // A hash table at most half full; 0 is a free place, and a hash of 0 is taken for a clash.
  const int bits = std::bit_width(names.size()) + 1;
  table_.assign(std::size_t{1} << bits, 0);
  const std::size_t last = table_.size() - 1;
  for (const std::uint64_t name : names) {
    std::size_t place = name >> (64 - bits);
    while (table_[place] != 0 && table_[place] != name)
      place = (place + 1) & last;
    if (table_[place] == name) return false;
    table_[place] = name;
  }
  return true;
}

}  // namespace hiveframe::codec::json
