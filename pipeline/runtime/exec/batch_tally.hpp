#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/sink_numbers.hpp"

namespace hiveframe::runtime {

/// What has become of the records of one batch since it was sent on. Counts them into the run's numbers, and
/// out of them again when the batch is to be sent anew, so that each record counts once. Made by the lane's
/// sender, shared with the batch's ticket and with what sinks have of it. On the strand, but for
/// acknowledged().
class BatchTally {
 public:
  /// `read`: of what was sent; it stays counted by whoever read it. `context` outlives what is called on the
  /// strand.
  BatchTally(RunContext& context, Amount read) : context_(context), read_(read) {}

  [[nodiscard]] const Amount& read() const noexcept { return read_; }

  void filtered(std::uint64_t records);
  /// A record was found bad; `has_letter`: it is so far only a letter that is to be delivered.
  void rejected(std::string_view place, const std::string& stage, const record::DataError& error,
                bool has_letter);
  /// So many records, or letters, are on their way to a sink.
  void sent(const std::shared_ptr<SinkNumbers>& sink, std::uint64_t records);
  /// The sink answered that it has so many of them.
  void taken(const std::shared_ptr<SinkNumbers>& sink, Amount amount);
  /// It refused one of them.
  void refused(const std::shared_ptr<SinkNumbers>& sink);
  /// It has said that so many of those that it took are durable.
  void acknowledged(const std::shared_ptr<SinkNumbers>& sink, Amount amount);

  /// The batch is forgotten: nothing of it has counted, and nothing that comes later will.
  void take_back();
  /// Nothing more will become of it: only what is durable has counted. The records whose way did not end,
  /// neither filtered, nor rejected, nor durable in every sink that was to have them; none, the second time.
  std::uint64_t give_up();

 private:
  struct AtSink {
    std::shared_ptr<SinkNumbers> numbers;
    std::uint64_t sent = 0;
    Amount taken = {};
    Amount acknowledged = {};
    std::uint64_t refused = 0;
  };
  struct Reason {
    std::size_t number;
    std::uint64_t records;
    bool has_letter;
  };

  AtSink& at(const std::shared_ptr<SinkNumbers>& sink);
  std::uint64_t take_back_letters(std::uint64_t undelivered);

  RunContext& context_;
  const Amount read_;
  std::uint64_t filtered_ = 0;
  std::vector<Reason> reasons_;  // in the order they were found
  std::mutex mutex_;             // guards what follows
  std::vector<AtSink> sinks_;
  bool closed_ = false;
};

}  // namespace hiveframe::runtime
