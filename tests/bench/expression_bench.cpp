// What expressions cost beside the same test written by hand, over the same parsed records, in one process,
// interleaved: expression_bench [ROUNDS]. Per expression: the fastest round's nanoseconds a record, by hand
// and by the expression, and how often the one is in the other. `record.status == 'paid' && record.amount >
// 100` is to cost at most five times what it does by hand. Exit status 1 if the two do not find the same.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/codec/format.hpp"
#include "pipeline/expr/program.hpp"
#include "pipeline/record/storage.hpp"
#include "tests/bench/cpu_seconds.hpp"
#include "tests/bench/made_orders.hpp"

namespace {

using namespace hiveframe;
using record::Kind;
using record::Value;

constexpr std::size_t bytes_wanted =
    4'000'000;  // some ten thousand records: more than the nearest cache holds
constexpr int default_rounds = 400;

/// Records as they are behind a decoder, with their trees.
class Orders {
 public:
  Orders() {
    const std::string text = bench::make_orders(bytes_wanted);
    record::Buffer& buffer = storage_.add(record::Buffer(text.size()));
    std::copy(text.begin(), text.end(), buffer.data());
    const codec::Format& format = *codec::find_format("ndjson");
    storage_.format = format.wire;
    const std::string_view lines(buffer.data(), text.size());
    for (std::size_t at = 0; at < lines.size();) {
      const std::size_t end = lines.find('\n', at);
      storage_.records.emplace_back().original = lines.substr(at, end - at);
      at = end + 1;
    }
    const auto decoder = format.decoder();
    for (record::Record& record : storage_.records) {
      record::Draft draft(storage_, record, storage_.arena);
      record::DataError error;
      if (!decoder->decode(draft, error)) std::abort();
      draft.value();
    }
  }

  record::Storage& storage() { return storage_; }

 private:
  record::Storage storage_;
};

bool is_paid(const Value& record) {
  const Value* const status = record.find("status");
  return status != nullptr && status->is(Kind::string) && status->text() == "paid";
}

bool is_above(const Value* number, double limit) {
  if (number == nullptr) return false;
  if (number->is(Kind::float64)) return number->as_float64() > limit;
  return number->is(Kind::int64) && static_cast<double>(number->as_int64()) > limit;
}

bool has_tag(const Value& record, std::string_view wanted) {
  const Value* const tags = record.find("tags");
  if (tags == nullptr || !tags->is(Kind::list)) return false;
  const auto items = tags->items();
  return std::any_of(items.begin(), items.end(),
                     [wanted](const Value& tag) { return tag.is(Kind::string) && tag.text() == wanted; });
}

bool name_starts_with(const Value& record, std::string_view wanted) {
  const Value* const user = record.find("user");
  const Value* const name = user != nullptr ? user->find("name") : nullptr;
  return name != nullptr && name->is(Kind::string) && name->text().starts_with(wanted);
}

struct Test {
  const char* expression;
  bool (*by_hand)(const Value& record);
  double hand_seconds = 1e9;  // of the fastest round
  double expression_seconds = 1e9;
};

std::size_t run_by_hand(Orders& orders, const Test& test) {
  std::size_t found = 0;
  for (const record::Record& record : orders.storage().records)
    found += test.by_hand(record.value) ? 1 : 0;
  return found;
}

std::size_t run_expression(Orders& orders, const expr::Program& program) {
  const expr::Inputs inputs;
  record::Arena scratch;
  std::size_t found = 0;
  expr::Failure failure;
  for (record::Record& record : orders.storage().records) {
    scratch.reset();
    record::Draft draft(orders.storage(), record, scratch);
    bool holds = false;
    if (!program.test(draft, inputs, holds, failure)) std::abort();
    found += holds ? 1 : 0;
  }
  return found;
}

}  // namespace

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : default_rounds;
  Test tests[] = {
      {"record.status == 'paid' && record.amount > 100",
       [](const Value& record) { return is_paid(record) && is_above(record.find("amount"), 100); }},
      {"record.amount > 100", [](const Value& record) { return is_above(record.find("amount"), 100); }},
      {"record.user.name.startsWith('Bob')",
       [](const Value& record) { return name_starts_with(record, "Bob"); }},
      {"record.tags.exists(tag, tag == 'vip')", [](const Value& record) { return has_tag(record, "vip"); }},
      {"'vip' in record.tags", [](const Value& record) { return has_tag(record, "vip"); }},
  };
  Orders orders;
  const auto records = static_cast<double>(orders.storage().records.size());
  int status = 0;
  std::printf("%-48s %9s %11s\n", "nanoseconds a record", "by hand", "expression");
  for (Test& test : tests) {
    std::vector<expr::Problem> problems;
    const auto program = expr::Program::compile(config::LocatedText(std::string(test.expression)), problems);
    if (!program) std::abort();
    for (int round = 0; round < rounds; ++round) {
      const double begin = bench::cpu_seconds();
      const std::size_t by_hand = run_by_hand(orders, test);
      const double middle = bench::cpu_seconds();
      const std::size_t by_expression = run_expression(orders, *program);
      test.hand_seconds = std::min(test.hand_seconds, middle - begin);
      test.expression_seconds = std::min(test.expression_seconds, bench::cpu_seconds() - middle);
      if (by_hand == by_expression) continue;
      std::fprintf(stderr, "%s: %zu by hand, %zu by the expression\n", test.expression, by_hand,
                   by_expression);
      status = 1;
      break;
    }
    std::printf("%-48s %9.1f %11.1f %6.1fx\n", test.expression, test.hand_seconds / records * 1e9,
                test.expression_seconds / records * 1e9, test.expression_seconds / test.hand_seconds);
  }
  return status;
}
