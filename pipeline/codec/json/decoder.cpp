#include "pipeline/codec/json/decoder.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "pipeline/codec/json/characters.hpp"
#include "pipeline/codec/json/tape.hpp"
#include "pipeline/record/deep_copy.hpp"

namespace hiveframe::codec::json {
namespace {

using record::Arena;
using record::Member;
using record::Value;

constexpr std::size_t smallest_capacity = 64 * 1024;
constexpr std::size_t few_bytes = 4096;
constexpr unsigned longest_pause = 63;  // batches

/// Builds trees from the tape. With Verbatim the record holds no backslash, so that every string stands
/// in the source as it is; else the strings that simdjson unescaped are copied.
template <bool Verbatim>
class TreeBuilder {
 public:
  TreeBuilder(const Tape& tape, const char* source, Arena& arena) noexcept
      : tape_(tape), source_(source), arena_(arena) {}

  Value value(std::size_t i) {
    Value built;
    add({i, tape_.marks()}, built);
    return built;
  }

 private:
  /// An element of the tape and its mark, which is only right when the whole record is built.
  struct Place {
    std::size_t i;
    const std::uint32_t* mark;
  };

  // Each returns what follows. Recursion is bounded by the parser's depth.
  Place add(Place at, Value& value) {
    switch (tape_.type(at.i)) {
      case '"':
        value = Value::string(string(at));
        break;
      case '{':
        return add_object(at, value);
      case '[':
        return add_list(at, value);
      case 'l':
        value = Value::int64(tape_.number<std::int64_t>(at.i));
        return {at.i + 2, at.mark + 1};
      case 'u':
        value = Value::uint64(tape_.number<std::uint64_t>(at.i));
        return {at.i + 2, at.mark + 1};
      case 'd':
        value = Value::float64(tape_.number<double>(at.i));
        return {at.i + 2, at.mark + 1};
      case 't':
        value = Value::boolean(true);
        break;
      case 'f':
        value = Value::boolean(false);
        break;
      default:
        value = Value();
    }
    return {at.i + 1, at.mark + 1};
  }

  Place add_object(Place at, Value& value) {
    const auto members = arena_.array<Member>(tape_.count(at.i));
    at = {at.i + 1, at.mark + 1};
    for (Member& member : members) {
      member.name = string(at);
      at = add({at.i + 1, at.mark + 2}, member.value);  // behind the name and the colon
      ++at.mark;                                        // a comma or the bracket
    }
    if (members.empty()) ++at.mark;
    value = Value::object(members);
    return {at.i + 1, at.mark};
  }

  Place add_list(Place at, Value& value) {
    const auto items = arena_.array<Value>(tape_.count(at.i));
    at = {at.i + 1, at.mark + 1};
    for (Value& item : items) {
      at = add(at, item);
      ++at.mark;
    }
    if (items.empty()) ++at.mark;
    value = Value::list(items);
    return {at.i + 1, at.mark};
  }

  std::string_view string(Place at) {
    const std::string_view text = tape_.string(at.i);
    if constexpr (Verbatim) return {source_ + *at.mark + 1, text.size()};
    return arena_.copy(text);
  }

  const Tape tape_;
  const char* const source_;
  Arena& arena_;
};

/// Whether the encoder has no space to take from around it.
bool stands_alone(std::string_view text) noexcept {
  return !text.empty() && !is_space(text.front()) && !is_space(text.back());
}

std::optional<std::size_t> find_member(const Tape& tape, std::size_t object, std::string_view name) {
  const std::size_t end = tape.after(object) - 1;
  for (std::size_t i = object + 1; i < end; i = tape.next(i + 1)) {
    const std::string_view each = tape.string(i);
    // One byte decides nearly always, and costs no call.
    if (each.size() != name.size() || (!name.empty() && each.front() != name.front())) continue;
    if (each == name) return i + 1;
  }
  return std::nullopt;
}

std::optional<std::size_t> find_element(const Tape& tape, std::span<const std::string_view> path) {
  std::size_t at = Tape::root;
  for (const std::string_view name : path) {
    if (tape.type(at) != '{') return std::nullopt;
    const std::optional<std::size_t> member = find_member(tape, at, name);
    if (!member) return std::nullopt;
    at = *member;
  }
  return at;
}

}  // namespace

JsonDecoder::JsonDecoder() { fit(0); }

bool JsonDecoder::decode(record::Draft& draft, record::DataError& error) {
  source_ = draft.record().original;
  if (source_.size() > longest_parsed) [[unlikely]] {
    read_by_ = ReadBy::large_text;
    if (!large_.check(source_, most_tree_bytes_, error)) return false;
    draft.decoded_by(this);
    return true;
  }
  read_by_ = ReadBy::simdjson;
  if (!parse(draft) || !check_.passes(tape(), lines_.base())) {
    exact_arena_.reset();
    exact_arena_.trim(smallest_capacity);
    if (!reader_.read(source_, exact_arena_, exact_value_, error)) return false;
    read_by_ = ReadBy::exact_reader;
  }
  draft.decoded_by(this);
  return true;
}

bool JsonDecoder::all_sound(record::Storage& batch) {
  if (!batch.all_in_lines()) return false;
  if (pause_ > 0) {
    --pause_;
    return false;
  }
  record::DataError error;
  const bool all = std::ranges::all_of(batch.records, [&](record::Record& record) {
    record::Draft draft(batch, record, batch.arena);
    return record.one_line && stands_alone(record.original) && decode(draft, error) &&
           tree_bytes() <= small_tree;
  });
  // Where bad records are frequent, most are not read twice.
  wait_ = all ? 0 : std::min(2 * wait_ + 1, longest_pause);
  pause_ = wait_;
  return all;
}

/// False: simdjson refuses the record.
bool JsonDecoder::parse(record::Draft& draft) {
  if (lines_.next_is(draft)) return lines_.parse_next(parser_);
  if (lines_.take(draft)) {
    fit(lines_.size());
    if (lines_.index(parser_)) return lines_.parse_next(parser_);
  }
  lines_.read_alone(source_);
  fit(source_.size());
  return parser_.parse(source_.data(), source_.size(), false).error() == simdjson::SUCCESS;
}

Tape JsonDecoder::tape() const noexcept { return {parser_, lines_.first_mark()}; }

/// Grows the parser, which takes some 14 bytes for each of the longest text.
void JsonDecoder::fit(std::size_t size) {
  if (size <= capacity_ && capacity_ != 0) return;
  const std::size_t wanted = std::max(smallest_capacity, std::bit_ceil(size));
  // Where there is no room parse() says so.
  const bool fits = parser_.allocate(wanted, max_depth) == simdjson::SUCCESS &&
                    parser_.doc.allocate(wanted) == simdjson::SUCCESS;
  capacity_ = fits ? wanted : 0;
}

std::size_t JsonDecoder::tree_bytes() const noexcept {
  // A member's name and value are two words at least and make 32 bytes; an item is one and makes 16.
  // Strings with escapes are copied and become no longer. The exact path copies everything.
  if (read_by_ != ReadBy::simdjson) {
    return read_by_ == ReadBy::large_text ? large_.tree_bytes() : exact_arena_.footprint() + source_.size();
  }
  // A short record is not worth a look.
  const bool escapes =
      source_.size() < few_bytes || std::memchr(source_.data(), '\\', source_.size()) != nullptr;
  const std::size_t escaped = escapes ? source_.size() : 0;
  return tape().size() * sizeof(Value) + escaped;
}

Value JsonDecoder::build(Arena& arena) {
  if (read_by_ != ReadBy::simdjson) {
    return read_by_ == ReadBy::large_text ? large_.build(arena) : deep_copy(exact_value_, arena);
  }
  const Tape parsed = tape();
  if (std::memchr(source_.data(), '\\', source_.size()) == nullptr) {
    return TreeBuilder<true>(parsed, lines_.base(), arena).value(Tape::root);
  }
  return TreeBuilder<false>(parsed, lines_.base(), arena).value(Tape::root);
}

std::optional<Value> JsonDecoder::find(std::span<const std::string_view> path, Arena& arena) {
  if (read_by_ != ReadBy::simdjson) {
    if (read_by_ == ReadBy::large_text) return large_.find(path, arena);
    const Value* const found = find_exact(path);
    return found != nullptr ? std::optional<Value>(deep_copy(*found, arena)) : std::nullopt;
  }
  const Tape parsed = tape();
  const std::optional<std::size_t> at = find_element(parsed, path);
  if (!at) return std::nullopt;
  return TreeBuilder<false>(parsed, lines_.base(), arena).value(*at);
}

std::optional<Value> JsonDecoder::glance(std::span<const std::string_view> path, Arena& arena) {
  if (read_by_ != ReadBy::simdjson) {
    if (read_by_ == ReadBy::large_text) return large_.find(path, arena);
    const Value* const found = find_exact(path);
    return found != nullptr ? std::optional<Value>(*found) : std::nullopt;
  }
  const Tape parsed = tape();
  const std::optional<std::size_t> at = find_element(parsed, path);
  if (!at) return std::nullopt;
  switch (parsed.type(*at)) {
    case '"':
      return Value::string(parsed.string(*at));
    case 'l':
      return Value::int64(parsed.number<std::int64_t>(*at));
    case 'd':
      return Value::float64(parsed.number<double>(*at));
    default:
      return TreeBuilder<false>(parsed, lines_.base(), arena).value(*at);
  }
}

const Value* JsonDecoder::find_exact(std::span<const std::string_view> path) const {
  const Value* at = &exact_value_;
  for (const std::string_view name : path) {
    at = at->find(name);
    if (at == nullptr) break;
  }
  return at;
}

}  // namespace hiveframe::codec::json
