#include "pipeline/runtime/exec/dead_letters.hpp"

#include <chrono>
#include <functional>
#include <utility>

#include "pipeline/codec/byte_digest.hpp"
#include "pipeline/codec/utf8.hpp"
#include "pipeline/runtime/exec/chain.hpp"

namespace hiveframe::runtime {
namespace {

std::shared_ptr<const Chain> letter_chain(const Outlet& outlet) {
  auto chain = std::make_shared<Chain>();
  chain->routes.push_back(route_to(outlet));
  return chain;
}

record::Value timestamp(std::chrono::system_clock::time_point at) {
  const auto time = at.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(time - seconds);
  return record::Value::timestamp(seconds.count(), static_cast<std::uint32_t>(nanos.count()));
}

}  // namespace

DeadLetters::DeadLetters(RunContext& context, Outlet& outlet)
    : context_(context),
      outlet_(outlet),
      worker_(letter_chain(outlet)),
      storing_(context, state_store_component) {}

record::Value DeadLetters::describe(const Letter& letter, record::Arena& arena) const {
  using record::Member;
  using record::Value;
  const auto text = [&arena](std::string_view bytes) { return Value::string(arena.copy(bytes)); };
  const auto error = arena.array<Member>(2);
  error[0] = {"type", Value::string(record::name(letter.error.type))};
  error[1] = {"message", text(letter.error.message)};

  const bool cut = !letter.sha256.empty();
  const auto members = arena.array<Member>(cut ? 10 : 8);
  // The same record found bad again gets the same id, so that letters repeated after a crash can be told.
  codec::ByteDigest digest;
  for (const std::string* part : {&context_.spec.name, &letter.place, &letter.stage, &letter.original}) {
    digest.add(*part);
    digest.add(std::string_view("\0", 1));
  }
  const std::string id = digest.sha256();
  std::size_t i = 0;
  members[i++] = {"id", text(std::string_view(id).substr(0, 32))};
  members[i++] = {"time", timestamp(context_.options.wall_clock())};
  members[i++] = {"pipeline", text(context_.spec.name)};
  members[i++] = {"stage", text(letter.stage)};
  members[i++] = {"error", Value::object(error)};
  members[i++] = {"source", text(letter.place)};
  members[i++] = {"attempts", Value::int64(letter.attempts)};
  if (cut) {
    members[i++] = {"length", Value::uint64(letter.length)};
    members[i++] = {"sha256", text(letter.sha256)};
  }
  const bool is_text = !codec::utf8_error(letter.original);
  members[i++] = is_text ? Member{"original", text(letter.original)}
                         : Member{"original_base64", Value::bytes(arena.copy(letter.original))};
  return Value::object(members);
}

pipeline::Task<bool> DeadLetters::send(std::vector<Letter> letters, Parcel address) {
  address.ticket->tally()->sent(outlet_.numbers(), letters.size());
  auto storage = std::make_unique<record::Storage>();
  for (const Letter& letter : letters) {
    record::Record record;
    record.value = describe(letter, storage->arena);
    record.tree = true;
    record.changed = true;
    storage->records.push_back(record);
  }
  storage->read_at = context_.options.wall_clock();
  storage->charge_to(context_.memory.overdraw(0));
  Processed processed = worker_.process(std::move(storage));
  if (!processed.bad.empty()) {
    context_.fail(outlet_.spec().name + ": a dead letter cannot be written in this sink's format: " +
                  processed.bad.front().error.message + "; use a format that holds objects, as ndjson");
    co_return false;
  }
  address.slice = record::Slice(processed.storage, processed.selections.front());
  co_return co_await outlet_.push(std::move(address));
}

pipeline::Task<bool> DeadLetters::deliver(std::vector<Letter> letters, std::size_t lane,
                                          std::shared_ptr<BatchTally> tally) {
  struct Settled {
    bool yes = false;
    bool delivered = false;
  };
  const auto settled = std::make_shared<Settled>();
  const auto changed = std::make_shared<TimedSignal>(context_.timers);
  const auto is_settled = [settled, changed](bool delivered) {
    settled->yes = true;
    settled->delivered = delivered;
    changed->notify();
  };
  const auto ticket = std::make_shared<Ticket>(context_.strand, std::move(tally), is_settled);
  Parcel address{{}, ticket, ticket->first_part(), lane, 0, nullptr, {}};
  const bool sent = co_await send(std::move(letters), std::move(address));
  while (sent && !settled->yes) {
    // The letter may still be on its way to the sink when the flush is over.
    co_await outlet_.flush();
    const auto look_again = TimedSignal::Clock::now() + std::chrono::milliseconds(10);
    if (!settled->yes) co_await changed->wait_until(look_again);
  }
  if (!settled->delivered) co_return false;
  co_return co_await store_marks();
}

/// What the letters' sink knows of them must outlive this process before a position goes past their records:
/// a file of letters is cut to the length that is stored.
pipeline::Task<bool> DeadLetters::store_marks() {
  const std::function<pipeline::Task<void>()> attempt = [this]() -> pipeline::Task<void> {
    co_await outlet_.marks().store();
  };
  const std::function<bool()> given_up = [this] { return context_.aborting; };
  co_return co_await storing_.run(attempt, given_up);
}

}  // namespace hiveframe::runtime
