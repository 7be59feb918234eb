#include <algorithm>
#include <limits>

#include "pipeline/codec/avro/datum.hpp"
#include "pipeline/codec/avro/datum_octets.hpp"
#include "pipeline/codec/avro/decimal_octets.hpp"
#include "pipeline/codec/avro/time_value.hpp"
#include "pipeline/codec/utf8.hpp"

namespace hiveframe::codec::avro {
namespace {

using record::DataError;

// Behind each text in an arena stands a zero, and what the alignment of the next thing takes.
constexpr std::size_t text_overhead = 16;
// Pairs of names are compared up to so many.
constexpr std::size_t few_names = 8;

bool is_ascii(std::string_view text) noexcept {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

}  // namespace

bool Datum::check(const Node& root, std::string_view octets, DataError& error) {
  root_ = &root;
  begin_ = at_ = octets.data();
  end_ = begin_ + octets.size();
  tree_bytes_ = 0;
  free_items_ = 0;
  fields_.clear();
  names_.clear();
  error_ = &error;
  path_.clear();
  bool sound = check_node(root, 0);
  if (sound && at_ != end_) {
    sound = fail("has " + std::to_string(left()) +
                 " bytes more than its schema: it was written with another one");
  }
  if (!sound && !path_.empty()) error.message = path_ + ": " + error.message;
  return sound;
}

bool Datum::fail(std::string what, DataError::Type type) {
  *error_ = {type, "byte " + std::to_string(at_ - begin_ + 1) + " of its datum " + what};
  return false;
}

// These are for the way back from what is wrong.
bool Datum::within(std::string_view name) {
  const bool before_name = !path_.empty() && path_.front() != '[';
  path_.insert(0, std::string(name.substr(0, 100)) + (before_name ? "." : ""));
  return false;
}

bool Datum::within(std::size_t index) {
  const bool before_name = !path_.empty() && path_.front() != '[';
  path_.insert(0, "[" + std::to_string(index) + "]" + (before_name ? "." : ""));
  return false;
}

bool Datum::take_long(std::int64_t& number, const char* what) {
  std::uint64_t bits = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (at_ == end_) return fail(std::string("is its end, in the midst of ") + what);
    const auto octet = static_cast<unsigned char>(*at_++);
    if (shift == 63 && octet > 1) break;
    bits |= std::uint64_t{octet & 0x7FU} << shift;
    if (octet < 0x80) {
      number = from_zig_zag(bits);
      return true;
    }
  }
  return fail(std::string("stands in ") + what + " of more than 64 bits: it was written with another schema");
}

bool Datum::take_size(std::size_t& size) {
  std::int64_t number = 0;
  if (!take_long(number, "a length")) return false;
  if (number < 0 || static_cast<std::uint64_t>(number) > left()) {
    return fail("follows a length of " + std::to_string(number) + ", and " + std::to_string(left()) +
                " bytes are left: it is cut off, or was written with another schema");
  }
  size = static_cast<std::size_t>(number);
  return true;
}

bool Datum::check_node(const Node& node, std::size_t depth) {
  switch (node.read) {
    case Node::Read::null:
      return true;
    case Node::Read::boolean:
      if (at_ == end_) return fail("is its end, where a boolean should be");
      if (static_cast<unsigned char>(*at_) > 1)
        return fail("is no boolean, which is 0 or 1: it was written with another schema");
      ++at_;
      return true;
    case Node::Read::integer:
      return check_integer(node);
    case Node::Read::float32:
    case Node::Read::float64:
      if (left() < node.least) return fail("is not followed by a whole number of floating point");
      at_ += node.least;
      return true;
    case Node::Read::text: {
      std::size_t size = 0;
      return take_size(size) && check_octets(node, size);
    }
    case Node::Read::fixed:
      if (left() < node.size) {
        return fail("should begin " + std::to_string(node.size) + " bytes of fixed, and " +
                    std::to_string(left()) + " are left");
      }
      return check_octets(node, node.size);
    case Node::Read::symbol:
      return check_symbol(node);
    case Node::Read::list:
    case Node::Read::map:
      return check_elements(node, depth);
    case Node::Read::record:
      return check_record(node, depth);
    case Node::Read::alternatives: {
      std::int64_t branch = 0;
      if (!take_long(branch, "the number of a union's branch")) return false;
      if (branch < 0 || static_cast<std::uint64_t>(branch) >= node.branches.size()) {
        return fail("follows " + std::to_string(branch) + " as the branch of a union that has " +
                    std::to_string(node.branches.size()) + ": it was written with another schema");
      }
      const Node& taken = *node.branches[static_cast<std::size_t>(branch)];
      return check_node(taken, depth);
    }
    case Node::Read::impossible:
      break;
  }
  *error_ = {DataError::Type::value, node.problem};
  return false;
}

bool Datum::check_integer(const Node& node) {
  std::int64_t number = 0;
  if (!take_long(number, node.is_int ? "an int" : "a long")) return false;
  if (node.is_int && (number < INT32_MIN || number > INT32_MAX))
    return fail("follows " + std::to_string(number) +
                ", which is no int: it was written with another schema");
  switch (node.give) {
    case Node::Give::date:
      if (is_date(number)) return true;
      *error_ = {DataError::Type::value,
                 std::to_string(number) + " days from 1970 are beyond the years 1 to 9999"};
      return false;
    case Node::Give::time_of_day:
      tree_bytes_ += record::max_time_text + text_overhead;
      if (is_time_of_day(number, node.per_second)) return true;
      *error_ = {DataError::Type::value, std::to_string(number) + " is no time of a day in units of 1/" +
                                             std::to_string(node.per_second) + " s"};
      return false;
    case Node::Give::timestamp:
      if (is_timestamp(number, node.per_second)) return true;
      *error_ = {DataError::Type::value, std::to_string(number) + " units of 1/" +
                                             std::to_string(node.per_second) +
                                             " s from 1970 are beyond the years 1 to 9999"};
      return false;
    default:
      return true;
  }
}

bool Datum::check_octets(const Node& node, std::size_t size) {
  const std::string_view octets(at_, size);
  if (size > std::numeric_limits<std::uint32_t>::max()) return fail("begins a text that is too long");
  switch (node.give) {
    case Node::Give::string:
      if (!is_ascii(octets) && !is_utf8(octets)) {
        return fail("begins a string that is no UTF-8: " + utf8_error(octets)->message,
                    DataError::Type::encoding);
      }
      break;
    case Node::Give::decimal:
      if (size > max_decimal_octets) {
        *error_ = {DataError::Type::value,
                   "a decimal of " + std::to_string(size) + " bytes has too many digits"};
        return false;
      }
      tree_bytes_ += decimal_text_bytes(size, node.scale) + text_overhead;
      break;
    case Node::Give::uuid:
      tree_bytes_ += uuid_text + text_overhead;
      break;
    default:
      break;
  }
  at_ += size;
  return true;
}

bool Datum::check_symbol(const Node& node) {
  std::int64_t index = 0;
  if (!take_long(index, "the number of a symbol")) return false;
  if (index < 0 || static_cast<std::uint64_t>(index) >= node.symbols.size()) {
    return fail("follows " + std::to_string(index) + " as a symbol of an enum that has " +
                std::to_string(node.symbols.size()) + ": it was written with another schema");
  }
  const auto at = static_cast<std::size_t>(index);
  if (!node.symbols[at].is_null()) return true;
  *error_ = {DataError::Type::value, "'" + std::string(node.symbol_names[at]) + "' " + node.problem};
  return false;
}

bool Datum::check_record(const Node& node, std::size_t depth) {
  if (depth >= max_depth) {
    return fail("stands deeper than " + std::to_string(max_depth) + " records, lists and maps in each other",
                DataError::Type::depth);
  }
  tree_bytes_ += node.form.size() * sizeof(record::Member);
  for (const Node::Step& step : node.steps) {
    if (depth == 0) fields_.push_back(at_);
    if (!check_node(*step.node, depth + 1)) return within(step.name);
  }
  return true;
}

/// How many elements the next block has; 0: no more come.
bool Datum::take_count(const Node& node, std::size_t& count) {
  std::int64_t number = 0;
  if (!take_long(number, "a count")) return false;
  if (number == std::numeric_limits<std::int64_t>::min()) return fail("follows a count that no list has");
  if (number < 0) {
    // The size of the block in bytes follows, for those who would pass over it.
    number = -number;
    std::size_t size = 0;
    if (!take_size(size)) return false;
  }
  const std::size_t least = node.element->least + (node.read == Node::Read::map ? 1 : 0);
  const auto claimed = static_cast<std::uint64_t>(number);
  if (least > 0 ? claimed > left() / least : claimed > max_free_items - free_items_) {
    return fail("follows a count of " + std::to_string(number) + " elements, for which " +
                std::to_string(left()) +
                " bytes are too few: it is cut off, or was written with another schema");
  }
  count = static_cast<std::size_t>(claimed);
  if (least == 0) free_items_ += count;
  return true;
}

bool Datum::check_elements(const Node& node, std::size_t depth) {
  if (depth >= max_depth) {
    return fail("stands deeper than " + std::to_string(max_depth) + " records, lists and maps in each other",
                DataError::Type::depth);
  }
  const bool map = node.read == Node::Read::map;
  const std::size_t bytes_each = map ? sizeof(record::Member) : sizeof(record::Value);
  const std::size_t first_name = names_.size();
  std::size_t total = 0;
  std::size_t blocks = 0;
  for (;;) {
    std::size_t count = 0;
    if (!take_count(node, count)) return false;
    if (count == 0) break;
    ++blocks;
    for (std::size_t i = 0; i < count; ++i, ++total) {
      std::string_view name;
      if (map) {
        std::size_t size = 0;
        if (!take_size(size)) return within(total);
        name = {at_, size};
        if (!is_ascii(name) && !is_utf8(name)) {
          fail("begins a key that is no UTF-8: " + utf8_error(name)->message, DataError::Type::encoding);
          return within(total);
        }
        at_ += size;
        names_.push_back(name);
      }
      if (!check_node(*node.element, depth + 1)) return map ? within(name) : within(total);
    }
  }
  // Blocks are put together in the arena.
  tree_bytes_ += bytes_each * total * (blocks > 1 ? 2 : 1);
  if (map && !check_names(first_name)) return false;
  names_.resize(first_name);
  return true;
}

bool Datum::check_names(std::size_t first) {
  const std::span<std::string_view> names(names_.data() + first, names_.size() - first);
  const auto twice = [&](std::string_view name) {
    *error_ = {DataError::Type::duplicate_key,
               "a map has the key '" + std::string(name.substr(0, 100)) + "' twice"};
    return false;
  };
  if (names.size() <= few_names) {
    for (std::size_t i = 1; i < names.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (record::same_text(names[i], names[j])) return twice(names[i]);
      }
    }
    return true;
  }
  std::sort(names.begin(), names.end());
  const auto same = std::adjacent_find(names.begin(), names.end());
  return same == names.end() || twice(*same);
}

}  // namespace hiveframe::codec::avro
