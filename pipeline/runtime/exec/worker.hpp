#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "pipeline/codec/decoder.hpp"
#include "pipeline/codec/encoder.hpp"
#include "pipeline/record/slice.hpp"
#include "pipeline/runtime/exec/chain.hpp"
#include "pipeline/runtime/exec/tap_recorder.hpp"
#include "pipeline/transform.hpp"

namespace hiveframe::runtime {

struct RouteOutput;

/// A record that a stage found bad, before any sink saw it.
struct BadRecord {
  std::uint32_t record = 0;  ///< its index in the storage
  std::string stage;         ///< "decode", "transforms[0] filter", "sinks[1] when"
  record::DataError error;
};

/// What a worker made of one batch.
struct Processed {
  std::shared_ptr<const record::Storage> storage;
  std::vector<std::shared_ptr<const record::Selection>> selections;  ///< one for each route
  std::vector<BadRecord> bad;                                        ///< by rising index
  /// What number each record of the storage had when it was read, where not all were kept or some became
  /// several; else empty. It never falls, and is the same for those that were one.
  std::vector<std::uint32_t> numbers;
  std::uint64_t read = 0;
  std::uint64_t filtered = 0;  ///< dropped by a transform, or taken by no sink
  std::uint64_t held = 0;      ///< bytes of the storage when all were processed
  std::chrono::nanoseconds took{0};
  /// How many records passed each of the stages that have a rate, in their order.
  std::vector<std::uint64_t> passed;
  /// Not null: the batch was cut, because what became of it took too much memory. The records behind those
  /// that were processed, as they came; everything else here is of those before.
  std::unique_ptr<record::Storage> rest;
};

/// Carries records through a Chain, one at a time: decode, transforms, `when:`, encode. What is only
/// looked at costs no tree, and the trees of sinks that take bytes live in scratch memory for one record.
/// Has scratch of its own, so each is used by one thread at a time; a pipeline keeps a few.
class Worker {
 public:
  explicit Worker(std::shared_ptr<const Chain> chain);

  /// When the chain is interrupted meanwhile, what this returns is not the truth.
  Processed process(std::unique_ptr<record::Storage> storage);

 private:
  struct Batch;
  enum class Fate : std::uint8_t { kept, dropped, bad };

  static std::shared_ptr<const record::Selection> all_of(const record::Storage& storage);
  std::uint32_t carry_each(Batch& batch, Processed& out);
  [[nodiscard]] bool is_interrupted() const noexcept;
  [[nodiscard]] bool too_large(Batch& batch) const;
  Fate carry(record::Record& record, Batch& batch);
  Fate carry_whole(record::Record& record, Batch& batch);
  void end_showing(Fate fate, const BadRecord& bad);
  bool decode(record::Draft& draft, BadRecord& bad);
  Fate run_stages(record::Draft& draft, std::size_t first, Batch& batch);
  Fate split(record::Draft& draft, std::size_t stage, Batch& batch);
  Fate put_out(record::Draft& draft, Batch& batch);
  bool prepare(record::Draft& draft, RouteOutput& output, std::span<const RouteOutput> earlier,
               BadRecord& bad);
  bool decide(record::Draft& draft, RouteOutput& output, BadRecord& bad);
  bool compute(record::Draft& draft, RouteOutput& output, BadRecord& bad);

  std::shared_ptr<const Chain> chain_;
  std::unique_ptr<codec::Decoder> decoder_;
  std::vector<std::unique_ptr<codec::Encoder>> encoders_;  // one for each route; null where it takes trees
  bool keep_trees_ = false;
  bool passes_all_ = false;  // nobody looks into the records or changes them
  bool splits_ = false;      // a record may become several
  static constexpr std::size_t no_rate = SIZE_MAX;
  std::vector<std::size_t> rate_of_;  // of each stage: its place among those that have one
  std::size_t rates_ = 0;
  record::Arena scratch_{64 * 1024};
  pipeline::TransformContext context_;
  std::unique_ptr<TapRecorder> recorder_;  // null without a tap
  std::vector<std::uint32_t> to_show_;     // of the batch at hand, by rising index
  bool showing_ = false;                   // the record at hand, or the part of one
};

}  // namespace hiveframe::runtime
