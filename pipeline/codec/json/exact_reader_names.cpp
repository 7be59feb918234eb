// The part of ExactReader that finds members named twice.
#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <utility>

#include "pipeline/codec/json/exact_reader.hpp"

namespace hiveframe::codec::json {
namespace {

using record::DataError;
using record::Member;

// Names shown in messages are cut after this many bytes.
constexpr std::size_t shown = 60;
// Up to this many names are compared each with each.
constexpr std::size_t few_names = 12;

/// The longest prefix of at most `shown` bytes that ends between characters.
std::string_view shortened(std::string_view name) noexcept {
  if (name.size() <= shown) return name;
  std::size_t end = shown;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80)
    --end;
  return name.substr(0, end);
}

/// Names that differ mostly have different ones; those that have not are compared.
std::uint32_t hash(std::string_view name) noexcept {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
  std::uint64_t sum = name.size() * odd;
  for (std::size_t at = 0; at < name.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, name.data() + at, std::min(sizeof word, name.size() - at));
    sum = (sum ^ word) * odd;
    sum ^= sum >> 32;
  }
  return static_cast<std::uint32_t>(sum);
}

}  // namespace

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
  return !found || named_twice(twice);
}

bool ExactReader::named_twice(std::string_view name) {
  return fail(DataError::Type::duplicate_key, at_,
              fmt::format("the object that ends here names the member '{}' twice", shortened(name)));
}

/// Remembers the name that was read last.
void ExactReader::check_name(std::size_t quote) {
  ++words_;
  if (words_ > most_words_) return;
  const std::string_view raw = text_.substr(quote + 1, at_ - quote - 2);
  const bool plain = raw.find('\\') == std::string_view::npos;
  const std::uint32_t hashed = plain ? hash(raw) : hash(string_at(quote));
  checked_names_.push_back({hashed, static_cast<std::uint32_t>(quote)});
}

/// What a name that was read before is, its escapes resolved.
std::string ExactReader::string_at(std::size_t quote) {
  const std::size_t back = std::exchange(at_, quote + 1);
  std::string name;
  while (text_[at_] != '"') {
    if (text_[at_] != '\\') {
      name += text_[at_++];
      continue;
    }
    std::array<char, 4> character{};
    char* to = character.data();
    read_escape(to);
    name.append(character.data(), to);
  }
  at_ = back;
  return name;
}

bool ExactReader::checked_names_unique(std::size_t first) {
  const std::span<CheckedName> names = std::span(checked_names_).subspan(first);
  if (words_ > most_words_) return true;
  const auto before = [this](const CheckedName& left, const CheckedName& right) {
    if (left.hash != right.hash) return left.hash < right.hash;
    const int order = string_at(left.quote).compare(string_at(right.quote));
    return order != 0 ? order < 0 : left.quote < right.quote;
  };
  std::sort(names.begin(), names.end(), before);
  // Which of several is named: as names_unique() does.
  const CheckedName* twice = nullptr;
  for (std::size_t i = 1; i < names.size(); ++i) {
    if (names[i].hash != names[i - 1].hash || string_at(names[i].quote) != string_at(names[i - 1].quote))
      continue;
    const bool earlier =
        twice == nullptr || (names.size() <= few_names ? names[i].quote < twice->quote
                                                       : string_at(names[i].quote) < string_at(twice->quote));
    if (earlier) twice = &names[i];
  }
  return twice == nullptr || named_twice(string_at(twice->quote));
}

}  // namespace hiveframe::codec::json
