// The part of ExactReader that checks a text without building it, and builds it later.
#include <algorithm>

#include "pipeline/codec/json/exact_reader.hpp"

namespace hiveframe::codec::json {
namespace {

using record::DataError;
using record::Member;
using record::Value;

// Of fewer than this the scratch of one list or object is small, however deep.
constexpr std::size_t many = 256;
// What is kept of the scratch between records, in bytes.
constexpr std::size_t kept = 64 * 1024;
constexpr std::size_t tape_ends = 2;  // words

template <class T>
void give_back(std::vector<T>& scratch) {
  scratch.clear();
  if (scratch.capacity() * sizeof(T) > kept) scratch = std::vector<T>();
}

}  // namespace

bool ExactReader::check(std::string_view text, std::size_t most_tree_bytes, DataError& error) {
  begin(text, 0, nullptr, &error);
  checked_ = false;
  words_ = tape_ends;
  most_words_ = most_tree_bytes / sizeof(Value);
  give_back(long_);
  const bool good = run();
  give_back(checked_names_);
  std::ranges::sort(long_, {}, &Long::begin);
  return good;
}

Value ExactReader::build(std::size_t from, std::size_t to, record::Arena& arena) {
  DataError none;
  const std::string_view whole = text_;
  const std::size_t words = words_;
  begin(whole.substr(0, to), from, &arena, &none);
  checked_ = true;
  run();
  text_ = whole;
  words_ = words;
  return root_;
}

void ExactReader::close_checked() {
  const Open& closed = open_.back();
  ++words_;  // each of the brackets has one
  if (closed.count >= many) {
    long_.push_back({static_cast<std::uint32_t>(closed.begin), static_cast<std::uint32_t>(closed.count)});
  }
  checked_names_.resize(closed.first);
}

/// Takes the room of a long list or object at once.
void ExactReader::open_in_place() {
  Open& opened = open_.back();
  const auto found = std::ranges::lower_bound(long_, opened.begin, {}, &Long::begin);
  if (found == long_.end() || found->begin != opened.begin) return;
  if (opened.is_list) {
    opened.items = arena_->array<Value>(found->count).data();
  } else {
    opened.members = arena_->array<Member>(found->count).data();
  }
}

}  // namespace hiveframe::codec::json
