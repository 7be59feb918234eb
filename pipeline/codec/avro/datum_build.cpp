#include <array>
#include <cstring>

#include "pipeline/codec/avro/datum.hpp"
#include "pipeline/codec/avro/datum_octets.hpp"
#include "pipeline/codec/avro/decimal_octets.hpp"
#include "pipeline/codec/avro/time_value.hpp"
#include "pipeline/record/time_text.hpp"

namespace hiveframe::codec::avro {
namespace {

using record::Member;
using record::Value;

/// `10:15:30.123`, as ISO 8601 and SQL write it.
Value time_of_day(std::int64_t units, std::uint32_t per_second, record::Arena& arena) {
  const Seconds time = Seconds::of(units, per_second);
  std::array<char, record::max_time_text> text;
  const char* const end =
      record::write_timestamp(Value::timestamp(time.whole, time.nanos, true), text.data());
  constexpr std::size_t date = sizeof "1970-01-01T" - 1;
  return Value::string(arena.copy({text.data() + date, static_cast<std::size_t>(end - text.data()) - date}));
}

Value uuid_of(std::string_view octets, record::Arena& arena) {
  std::array<char, uuid_text> text;
  char* to = text.data();
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
    const auto octet = static_cast<unsigned char>(octets[i]);
    *to++ = "0123456789abcdef"[octet >> 4U];
    *to++ = "0123456789abcdef"[octet & 15U];
  }
  return Value::string(arena.copy({text.data(), text.size()}));
}

}  // namespace

// All of this reads what check() has passed.

std::int64_t Datum::next_long() noexcept {
  std::uint64_t bits = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto octet = static_cast<unsigned char>(*at_++);
    bits |= std::uint64_t{octet & 0x7FU} << shift;
    if (octet < 0x80) return from_zig_zag(bits);
  }
}

std::string_view Datum::next_octets(std::size_t size) noexcept {
  const std::string_view octets(at_, size);
  at_ += size;
  return octets;
}

std::string_view Datum::next_text() noexcept {
  const std::int64_t size = next_long();
  return next_octets(static_cast<std::size_t>(size));
}

std::size_t Datum::next_count() noexcept {
  const std::int64_t count = next_long();
  if (count >= 0) return static_cast<std::size_t>(count);
  next_long();
  return static_cast<std::size_t>(-count);
}

Value Datum::build(record::Arena& arena) {
  at_ = begin_;
  return build_node(*root_, arena);
}

Value Datum::build_node(const Node& node, record::Arena& arena) {
  switch (node.read) {
    case Node::Read::boolean:
      return Value::boolean(*at_++ != 0);
    case Node::Read::integer:
      return build_integer(node, arena);
    case Node::Read::float32:
      return Value::float64(double{read_floating<std::uint32_t, float>(next_octets(sizeof(float)).data())});
    case Node::Read::float64:
      return Value::float64(read_floating<std::uint64_t, double>(next_octets(sizeof(double)).data()));
    case Node::Read::text:
      return build_octets(node, next_text(), arena);
    case Node::Read::fixed:
      return build_octets(node, next_octets(node.size), arena);
    case Node::Read::symbol:
      return node.symbols[static_cast<std::size_t>(next_long())];
    case Node::Read::list:
      return build_elements<Value>(node, arena);
    case Node::Read::map:
      return build_elements<Member>(node, arena);
    case Node::Read::record:
      return build_record(node, arena);
    case Node::Read::alternatives:
      return build_node(*node.branches[static_cast<std::size_t>(next_long())], arena);
    case Node::Read::null:
    case Node::Read::impossible:
      break;
  }
  return {};
}

Value Datum::build_integer(const Node& node, record::Arena& arena) {
  const std::int64_t number = next_long();
  switch (node.give) {
    case Node::Give::float32:
      return Value::float64(double{static_cast<float>(number)});
    case Node::Give::float64:
      return Value::float64(static_cast<double>(number));
    case Node::Give::date:
      return Value::date(number);
    case Node::Give::time_of_day:
      return time_of_day(number, node.per_second, arena);
    case Node::Give::timestamp: {
      const Seconds time = Seconds::of(number, node.per_second);
      return Value::timestamp(time.whole, time.nanos, node.local);
    }
    default:
      return Value::int64(number);
  }
}

Value Datum::build_octets(const Node& node, std::string_view octets, record::Arena& arena) {
  switch (node.give) {
    case Node::Give::decimal:
      return decimal_of(octets, node.scale, arena);
    case Node::Give::uuid:
      return uuid_of(octets, arena);
    case Node::Give::string:
      return Value::string(octets);
    default:
      return Value::bytes(octets);
  }
}

Value Datum::build_record(const Node& node, record::Arena& arena) {
  const std::span<Member> members = arena.array<Member>(node.form.size());
  if (!members.empty()) std::memcpy(members.data(), node.form.data(), members.size_bytes());
  for (const Node::Step& step : node.steps) {
    if (step.into == Node::skipped) {
      skip(*step.node);
    } else {
      members[step.into].value = build_node(*step.node, arena);
    }
  }
  return Value::object(members);
}

template <class Element>
Value Datum::build_elements(const Node& node, record::Arena& arena) {
  std::span<Element> all;
  std::vector<std::span<Element>> blocks;  // when there are several
  std::size_t total = 0;
  for (std::size_t count = next_count(); count > 0; count = next_count()) {
    if (total > 0 && blocks.empty()) blocks.push_back(all);
    all = arena.array<Element>(count);
    for (Element& each : all) {
      if constexpr (std::is_same_v<Element, Member>) {
        each.name = next_text();
        each.value = build_node(*node.element, arena);
      } else {
        each = build_node(*node.element, arena);
      }
    }
    total += count;
    if (!blocks.empty()) blocks.push_back(all);
  }
  if (!blocks.empty()) {
    all = arena.array<Element>(total);
    Element* to = all.data();
    for (const std::span<Element> block : blocks) {
      std::memcpy(static_cast<void*>(to), block.data(), block.size_bytes());
      to += block.size();
    }
  }
  if constexpr (std::is_same_v<Element, Member>) {
    return Value::object(all);
  } else {
    return Value::list(all);
  }
}

void Datum::skip(const Node& node) noexcept {
  switch (node.read) {
    case Node::Read::boolean:
      ++at_;
      return;
    case Node::Read::integer:
    case Node::Read::symbol:
      next_long();
      return;
    case Node::Read::float32:
    case Node::Read::float64:
    case Node::Read::fixed:
      at_ += node.least;
      return;
    case Node::Read::text:
      next_text();
      return;
    case Node::Read::list:
    case Node::Read::map:
      for (std::size_t count = next_count(); count > 0; count = next_count()) {
        for (; count > 0; --count) {
          if (node.read == Node::Read::map) next_text();
          skip(*node.element);
        }
      }
      return;
    case Node::Read::record:
      for (const Node::Step& step : node.steps)
        skip(*step.node);
      return;
    case Node::Read::alternatives:
      skip(*node.branches[static_cast<std::size_t>(next_long())]);
      return;
    case Node::Read::null:
    case Node::Read::impossible:
      return;
  }
}

std::optional<Value> Datum::find(std::span<const std::string_view> path, record::Arena& arena) {
  at_ = begin_;
  return find_in(*root_, path, arena);
}

std::optional<Value> Datum::find_in(const Node& node, std::span<const std::string_view> path,
                                    record::Arena& arena) {
  if (path.empty()) return build_node(node, arena);
  if (node.read == Node::Read::alternatives)
    return find_in(*node.branches[static_cast<std::size_t>(next_long())], path, arena);
  if (node.read == Node::Read::map) {
    for (std::size_t count = next_count(); count > 0; count = next_count()) {
      for (; count > 0; --count) {
        if (record::same_text(next_text(), path.front()))
          return find_in(*node.element, path.subspan(1), arena);
        skip(*node.element);
      }
    }
    return std::nullopt;
  }
  if (node.read != Node::Read::record) return std::nullopt;
  const std::size_t wanted = record::position(node.form, path.front());
  if (wanted == node.form.size()) return std::nullopt;
  const bool is_root = at_ == begin_ && &node == root_;
  for (std::size_t i = 0; i < node.steps.size(); ++i) {
    const Node::Step& step = node.steps[i];
    if (step.into == wanted) {
      if (is_root) at_ = fields_[i];
      return find_in(*step.node, path.subspan(1), arena);
    }
    if (!is_root) skip(*step.node);
  }
  // One that the writer does not have.
  const Value* value = &node.form[wanted].value;
  for (const std::string_view name : path.subspan(1)) {
    value = value->find(name);
    if (value == nullptr) return std::nullopt;
  }
  return *value;
}

}  // namespace hiveframe::codec::avro
