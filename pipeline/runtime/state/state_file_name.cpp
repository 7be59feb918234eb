#include <cstdint>
#include <stdexcept>

#include "pipeline/runtime/state/fnv1a.hpp"
#include "pipeline/runtime/state/state_store.hpp"

namespace hiveframe::runtime {

namespace {

// NAME_MAX is 255 on Linux; this leaves room for the extensions and SQLite's suffixes.
constexpr std::size_t longest_stem = 200;
constexpr char hex_digits[] = "0123456789ABCDEF";

bool is_plain(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

std::string state_file_stem(const std::string& pipeline) {
  if (pipeline.empty()) throw std::invalid_argument("a pipeline without a name has no state");
  std::string stem;
  for (std::size_t i = 0; i < pipeline.size(); ++i) {
    const auto c = static_cast<unsigned char>(pipeline[i]);
    const bool inner_dot = c == '.' && i != 0 && i + 1 != pipeline.size();
    if (is_plain(c) || inner_dot) {
      stem += static_cast<char>(c);
    } else {
      stem += {'%', hex_digits[c >> 4], hex_digits[c & 15]};
    }
  }
  if (stem.size() <= longest_stem) return stem;
  stem.resize(longest_stem - 17);
  stem += '~';  // escaped in short names, so no short name looks like a shortened one
  // It only keeps long names apart; the full name stored inside the database settles the rest.
  const std::uint64_t hash = Fnv1a().add(pipeline).value();
  for (int shift = 60; shift >= 0; shift -= 4)
    stem += hex_digits[(hash >> shift) & 15];
  return stem;
}

}  // namespace hiveframe::runtime
