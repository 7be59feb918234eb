#include "pipeline/codec/json/decoder.hpp"

#include <bit>
#include <cstring>

#include "pipeline/codec/json/tape.hpp"

namespace hiveframe::codec::json {
namespace {

using record::Arena;
using record::Member;
using record::Value;

constexpr std::size_t smallest_capacity = 64 * 1024;
// Parsers larger than this are given back when a much smaller record follows: they take more than ten
// bytes for each of the largest record.
constexpr std::size_t kept_capacity = 1024 * 1024;
constexpr std::size_t few_bytes = 4096;

/// Builds trees from the tape. With Verbatim the record holds no backslash, so that every string stands
/// in the source as it is; else the strings that simdjson unescaped are copied.
template <bool Verbatim>
class TreeBuilder {
 public:
  TreeBuilder(const Tape& tape, const char* source, Arena& arena) noexcept
      : tape_(tape), source_(source), arena_(arena), mark_(tape.marks()) {}

  // Recursion is bounded by the parser's depth.
  Value value(std::size_t i) {
    at_ = i;
    return value();
  }

 private:
  Value value() {
    switch (tape_.type(at_)) {
      case '{':
        return object();
      case '[':
        return list();
      case '"': {
        const std::string_view text = string();
        ++at_;
        ++mark_;
        return Value::string(text);
      }
      case 'l': {
        const auto number = tape_.number<std::int64_t>(at_);
        at_ += 2;
        ++mark_;
        return Value::int64(number);
      }
      case 'u': {
        const auto number = tape_.number<std::uint64_t>(at_);
        at_ += 2;
        ++mark_;
        return Value::uint64(number);
      }
      case 'd': {
        const auto number = tape_.number<double>(at_);
        at_ += 2;
        ++mark_;
        return Value::float64(number);
      }
      case 't':
      case 'f': {
        const bool truth = tape_.type(at_) == 't';
        ++at_;
        ++mark_;
        return Value::boolean(truth);
      }
      default:
        ++at_;
        ++mark_;
        return Value();
    }
  }

  Value object() {
    const auto members = arena_.array<Member>(tape_.count(at_));
    ++at_;
    ++mark_;
    for (Member& member : members) {
      member.name = string();
      ++at_;
      mark_ += 2;  // the name and the colon
      member.value = value();
      ++mark_;  // a comma or the bracket
    }
    if (members.empty()) ++mark_;
    ++at_;
    return Value::object(members);
  }

  Value list() {
    const auto items = arena_.array<Value>(tape_.count(at_));
    ++at_;
    ++mark_;
    for (Value& item : items) {
      item = value();
      ++mark_;
    }
    if (items.empty()) ++mark_;
    ++at_;
    return Value::list(items);
  }

  std::string_view string() {
    const std::string_view text = tape_.string(at_);
    if constexpr (Verbatim) return {source_ + *mark_ + 1, text.size()};
    return arena_.copy(text);
  }

  Tape tape_;
  const char* source_;
  Arena& arena_;
  std::size_t at_ = 0;
  const std::uint32_t* mark_;  // of the element at_; only right when the whole record is built
};

std::optional<std::size_t> find_member(const Tape& tape, std::size_t object, std::string_view name) {
  const std::size_t end = tape.after(object) - 1;
  for (std::size_t i = object + 1; i < end; i = tape.next(i + 1)) {
    if (tape.string(i) == name) return i + 1;
  }
  return std::nullopt;
}

}  // namespace

JsonDecoder::JsonDecoder() { fit(0); }

bool JsonDecoder::decode(record::Draft& draft, record::DataError& error) {
  source_ = draft.record().original;
  exact_ = false;
  if (!parse()) {
    exact_arena_.reset();
    exact_arena_.trim(smallest_capacity);
    if (!reader_.read(source_, exact_arena_, exact_value_, error)) return false;
    exact_ = true;
  }
  draft.decoded_by(this);
  return true;
}

/// False: the record must be read exactly.
bool JsonDecoder::parse() {
  fit(source_.size());
  if (parser_.parse(source_.data(), source_.size(), false).error() != simdjson::SUCCESS) return false;
  return check_.passes(Tape(parser_), source_.data());
}

void JsonDecoder::fit(std::size_t size) {
  const bool too_large = capacity_ > kept_capacity && size < capacity_ / 16;
  if (size <= capacity_ && capacity_ != 0 && !too_large) return;
  const std::size_t wanted = std::max(smallest_capacity, std::bit_ceil(size));
  if (too_large) {
    parser_ = simdjson::dom::parser();
    check_ = TapeCheck();
  }
  // Where there is no room or the record is too long for simdjson, parse() says so.
  if (parser_.allocate(wanted, max_depth) == simdjson::SUCCESS &&
      parser_.doc.allocate(wanted) == simdjson::SUCCESS) {
    capacity_ = wanted;
  } else {
    capacity_ = 0;
  }
}

std::size_t JsonDecoder::tree_bytes() const noexcept {
  // A member's name and value are two words at least and make 32 bytes; an item is one and makes 16.
  // Strings with escapes are copied and become no longer. The exact path copies everything.
  if (exact_) return exact_arena_.footprint() + source_.size();
  // A short record is not worth a look.
  const bool escapes =
      source_.size() < few_bytes || std::memchr(source_.data(), '\\', source_.size()) != nullptr;
  const std::size_t escaped = escapes ? source_.size() : 0;
  return Tape(parser_).size() * sizeof(Value) + escaped;
}

Value JsonDecoder::build(Arena& arena) {
  if (exact_) return deep_copy(exact_value_, arena);
  const Tape tape(parser_);
  if (std::memchr(source_.data(), '\\', source_.size()) == nullptr) {
    return TreeBuilder<true>(tape, source_.data(), arena).value(Tape::root);
  }
  return TreeBuilder<false>(tape, source_.data(), arena).value(Tape::root);
}

std::optional<Value> JsonDecoder::find(std::span<const std::string_view> path, Arena& arena) {
  if (exact_) {
    const Value* at = &exact_value_;
    for (const std::string_view name : path) {
      at = at->find(name);
      if (at == nullptr) return std::nullopt;
    }
    return deep_copy(*at, arena);
  }
  const Tape tape(parser_);
  std::size_t at = Tape::root;
  for (const std::string_view name : path) {
    if (tape.type(at) != '{') return std::nullopt;
    const std::optional<std::size_t> member = find_member(tape, at, name);
    if (!member) return std::nullopt;
    at = *member;
  }
  return TreeBuilder<false>(tape, source_.data(), arena).value(at);
}

}  // namespace hiveframe::codec::json
