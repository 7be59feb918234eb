#include "pipeline/runtime/exec/bad_records.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/errors.hpp"
#include "pipeline/runtime/exec/rejections.hpp"

namespace hiveframe::runtime {
namespace {

constexpr std::string_view go_past = "set on_error to drop or to a dead_letter to go past it";

}  // namespace

std::vector<FoundBad> BadRecords::of(const LaneBatch& batch) const {
  const record::Storage& storage = *batch.processed.storage;
  const std::vector<std::uint32_t>& numbers = batch.processed.numbers;
  std::vector<FoundBad> found;
  std::size_t refused = 0;
  const auto take_refused_before = [&](std::size_t number) {
    for (; refused < batch.refused.size() && batch.refused[refused].before <= number; ++refused) {
      const pipeline::RefusedRecord& each = batch.refused[refused];
      std::size_t record = each.before;
      if (!numbers.empty()) {
        const auto at = std::lower_bound(numbers.begin(), numbers.end(), each.before);
        record = static_cast<std::size_t>(at - numbers.begin());
      }
      found.push_back({{"source", each.error, each.place, each.head, each.length, each.sha256, 1},
                       each.position,
                       each.before,
                       static_cast<std::uint32_t>(record)});
    }
  };
  for (const BadRecord& bad : batch.processed.bad) {
    const std::uint32_t number = numbers.empty() ? bad.record : numbers[bad.record];
    take_refused_before(number);
    const record::Record& record = storage.records[bad.record];
    found.push_back({{bad.stage,
                      bad.error,
                      lane_.place_of(storage, record),
                      std::string(record.original),
                      record.original.size(),
                      {},
                      1},
                     lane_.position_of(storage, record),
                     number,
                     bad.record});
  }
  take_refused_before(SIZE_MAX);
  return found;
}

void BadRecords::stop_at(const Letter& letter) {
  stopped_ = true;
  std::string what = describe_bad_record(letter.place, letter.stage, letter.error);
  if (context_.options.dry_run) {
    what += "; " + std::string(go_past) + ", or mend it";
  } else if (!environment_.source.replayable) {
    what += "; what stands before it is delivered, but " + context_.loses_because +
            ": mend it where it comes from and send it again from there on, or " + std::string(go_past);
  } else {
    what += "; what stands before it is delivered";
    // Without a stored position the next run begins at the beginning.
    if (context_.stores_positions) what += ", and the next run begins with it";
    what += ": " + ways_on();
  }
  context_.fail(std::move(what));
}

/// What its user can do where the source can be read again.
std::string BadRecords::ways_on() const {
  std::string ways(go_past);
  // Input that is known by its beginning, its inode and the like is another one when it was mended.
  const bool known_again = context_.stores_positions && context_.spec.delivery != Delivery::exactly_once &&
                           !lane_.identity().empty();
  return ways +
         (known_again ? ", or mend the input and " + std::string(pipeline::run_from_start) : ", or mend it");
}

pipeline::Task<bool> BadRecords::dispose(std::vector<FoundBad> bad, Parcel address) {
  const bool has_letter = context_.spec.on_error == OnError::dead_letter;
  std::vector<Letter> letters;
  for (FoundBad& each : bad) {
    address.ticket->tally()->rejected(each.letter.place, each.letter.stage, each.letter.error, has_letter);
    letters.push_back(std::move(each.letter));
  }
  if (!has_letter || letters.empty()) {
    address.ack.delivered();
    co_return true;
  }
  co_return co_await send(std::move(letters), std::move(address));
}

pipeline::Task<bool> BadRecords::dispose(SinkRefusal refused) {
  const record::Record& record = refused.parcel.slice[0];
  const record::Storage& storage = refused.parcel.slice.storage();
  const bool has_letter = context_.spec.on_error == OnError::dead_letter;
  Letter letter{refused.sink,
                std::move(refused.error),
                lane_.place_of(storage, record),
                std::string(record.original),
                record.original.size(),
                {},
                refused.attempts};
  refused.parcel.ticket->tally()->rejected(letter.place, letter.stage, letter.error, has_letter);
  if (context_.spec.on_error == OnError::stop) {
    // The records around it may be written already; the position stays before their batch, for the parcel's
    // ack is never said.
    context_.fail(describe_bad_record(letter.place, letter.stage, letter.error) + "; " + ways_on());
    co_return false;
  }
  Parcel address = std::move(refused.parcel);
  address.slice = {};
  if (!has_letter) {
    address.ack.delivered();
    co_return true;
  }
  std::vector<Letter> letters;
  letters.push_back(std::move(letter));
  co_return co_await send(std::move(letters), std::move(address));
}

pipeline::Task<bool> BadRecords::send(std::vector<Letter> letters, Parcel address) {
  DeadLetters& dead_letters = *environment_.outlets.dead_letters();
  if (context_.spec.delivery != Delivery::exactly_once) {
    co_return co_await dead_letters.send(std::move(letters), std::move(address));
  }
  // The position will go past these records with the next commit, so their letters come first.
  const bool delivered = co_await dead_letters.deliver(std::move(letters), number_, address.ticket->tally());
  if (delivered) address.ack.delivered();
  co_return delivered;
}

}  // namespace hiveframe::runtime
