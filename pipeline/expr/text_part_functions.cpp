// CEL's extension `strings`: what takes texts to pieces and puts them together.

#include <algorithm>
#include <array>

#include "pipeline/expr/call.hpp"
#include "pipeline/expr/code_points.hpp"
#include "pipeline/expr/format.hpp"
#include "pipeline/expr/library.hpp"
#include "pipeline/expr/text_search.hpp"

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Value;

// How often at most: all, if the number is negative.
std::size_t read_limit(const Value& number) {
  return number.is(Kind::int64) && number.as_int64() < 0 ? SIZE_MAX
                                                         : static_cast<std::size_t>(number.as_uint64());
}

// Calls `found` with the places of `part`, at most `limit`. An empty part stands before each character and at
// the end.
template <class Found>
void each_place(std::string_view text, std::string_view part, std::size_t limit, Found found) {
  std::size_t at = 0;
  for (; limit > 0 && at <= text.size(); --limit) {
    const std::size_t place = find_text(text, part, at);
    if (place == std::string_view::npos) return;
    found(place);
    at = place + part.size();
    if (part.empty()) at += at < text.size() ? code_point_size(text[at]) : 1;
  }
}

bool replace(Call& call, Value& out) {
  const std::string_view text = call.text(0);
  const std::string_view old = call.text(1);
  const std::string_view fresh = call.text(2);
  const std::size_t limit = call.size() == 4 ? read_limit(call[3]) : SIZE_MAX;
  if (!call.spend_text(text.size() + old.size())) return false;
  std::size_t count = 0;
  each_place(text, old, limit, [&](std::size_t) { ++count; });
  const std::size_t size = text.size() - count * old.size() + count * fresh.size();
  if (!call.spend(count) || !call.take(size) || !call.spend_text(size)) return false;
  const std::span<char> room = call.arena().array<char>(size);
  char* to = room.data();
  std::size_t done = 0;
  const auto put = [&](std::string_view some) { to = std::copy(some.begin(), some.end(), to); };
  each_place(text, old, limit, [&](std::size_t place) {
    put(text.substr(done, place - done));
    put(fresh);
    done = place + old.size();
  });
  put(text.substr(done));
  out = Value::string(std::string_view(room.data(), size));
  return true;
}

// As Go's strings.SplitN does, which CEL's is defined by: at most `limit` pieces, the last one with all the
// rest; by an empty text, into characters.
bool split(Call& call, Value& out) {
  const std::string_view text = call.text(0);
  const std::string_view separator = call.text(1);
  const std::size_t limit = call.size() == 3 ? read_limit(call[2]) : SIZE_MAX;
  if (!call.spend_text(text.size() + separator.size())) return false;
  std::size_t count = std::min<std::size_t>(limit, 1);
  if (separator.empty()) {
    count = std::min(limit, count_code_points(text));
  } else if (limit > 1) {
    each_place(text, separator, limit - 1, [&](std::size_t) { ++count; });
  }
  if (!call.spend(count) || !call.take(count * sizeof(Value))) return false;
  const std::span<Value> pieces = call.arena().array<Value>(count);
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t end = text.size();
    if (i + 1 < count)
      end = separator.empty() ? at + code_point_size(text[at]) : find_text(text, separator, at);
    pieces[i] = Value::string(text.substr(at, end - at));
    at = end + separator.size();
  }
  out = Value::list(pieces);
  return true;
}

bool join(Call& call, Value& out) {
  const std::span<const Value> items = call[0].items();
  const std::string_view separator = call.size() == 2 ? call.text(1) : std::string_view();
  std::size_t size = items.empty() ? 0 : (items.size() - 1) * separator.size();
  for (const Value& item : items) {
    if (!item.is(Kind::string)) return call.bad_argument(item, "is no text to join; string(…) makes one");
    size += item.text().size();
  }
  if (!call.spend(items.size()) || !call.take(size) || !call.spend_text(size)) return false;
  const std::span<char> room = call.arena().array<char>(size);
  char* to = room.data();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) to = std::copy(separator.begin(), separator.end(), to);
    to = std::copy(items[i].text().begin(), items[i].text().end(), to);
  }
  out = Value::string(std::string_view(room.data(), size));
  return true;
}

bool format(Call& call, Value& out) { return format_values(call, call.text(0), call[1].items(), out); }

std::string check_format(std::size_t argument, const Value& constant) {
  return argument == 0 ? problem_of_format(constant.text()) : std::string();
}

constexpr TypeSet string = set_of(Type::string);
constexpr TypeSet list = set_of(Type::list);
constexpr TypeSet integers = set_of(Type::integer) | set_of(Type::unsigned_integer);

using enum FunctionGroup;

constexpr std::array<Function, 4> table{{
    {"replace",
     FunctionId::library,
     false,
     true,
     3,
     4,
     {string, string, string, integers},
     Type::string,
     {text, "text.replace(old, new)",
      "With another text in place of each such part; text.replace(old, new, limit) so often at most",
      "'1,234,567'.replace(',', '')", "\"1234567\""},
     replace},
    {"split",
     FunctionId::library,
     false,
     true,
     2,
     3,
     {string, string, integers},
     Type::list,
     {text, "text.split(separator)",
      "The texts between the separators; text.split(separator, limit) gives so many at most",
      "'a;b;;c'.split(';')", R"(["a","b","","c"])"},
     split},
    {"join",
     FunctionId::library,
     false,
     true,
     1,
     2,
     {list, string},
     Type::string,
     {text, "list.join(separator)", "Its texts as one, with the separator, if any, between them",
      "['a', 'b'].join('-')", "\"a-b\""},
     join},
    {"format",
     FunctionId::library,
     false,
     true,
     2,
     2,
     {string, list},
     Type::string,
     {text, "text.format(list)",
      "With the values of the list for %s (any), %d (a number), %.2f, %e, %x %X %o %b; %% is a %",
      "'%s: %.2f EUR'.format(['total', 12.5])", "\"total: 12.50 EUR\""},
     format,
     0,
     0,
     check_format},
}};

}  // namespace

std::span<const Function> text_part_functions() noexcept { return table; }

}  // namespace hiveframe::expr
