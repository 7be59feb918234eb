#include "pipeline/runtime/exec/worker.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "pipeline/expr/limits.hpp"
#include "pipeline/expr/program.hpp"
#include "pipeline/expr/template.hpp"
#include "pipeline/runtime/exec/compaction.hpp"
#include "pipeline/runtime/exec/route_output.hpp"

namespace hiveframe::runtime {
namespace {

// Scratch kept between records; what a rare large record took beyond it goes back to the system.
constexpr std::size_t scratch_kept = 256 * 1024;

record::DataError expression_error(expr::Failure failure) {
  return {record::DataError::Type::expression, std::move(failure.message)};
}

}  // namespace

/// The batch under way.
struct Worker::Batch {
  Batch(record::Storage& of, std::span<RouteOutput> to) : storage(of), outputs(to) {}

  record::Storage& storage;
  std::span<RouteOutput> outputs;
  std::uint32_t number = 0;           // of the record at hand
  bool used = false;                  // an output has taken it, or a part of it
  BadRecord bad;                      // what is wrong with it
  std::vector<std::uint64_t> passed;  // the stages that have a rate
  // Where records are split: those that the storage will have, and the number of the one that each comes of.
  std::vector<record::Record> records = {};
  std::vector<std::uint32_t> numbers = {};
  std::size_t held = 0;  // what it held when it was looked at last

  /// Bytes that what records became takes beside its text.
  [[nodiscard]] std::size_t parts_hold() const noexcept {
    if (records.empty()) return 0;
    return records.capacity() * (sizeof(record::Record) + sizeof(std::uint32_t) +
                                 outputs.size() * (sizeof(std::string_view) + sizeof(std::uint32_t)));
  }
  /// Bytes that its arena takes, and these.
  [[nodiscard]] std::size_t holds() const noexcept { return storage.arena.footprint() + parts_hold(); }
};

Worker::Worker(std::shared_ptr<const Chain> chain) : chain_(std::move(chain)) {
  if (chain_->source_format != nullptr) {
    decoder_ = chain_->source_format->decoder();
    decoder_->limit_tree(chain_->max_tree_bytes);
  }
  for (const Route& route : chain_->routes) {
    encoders_.push_back(route.format != nullptr ? route.format->encoder() : nullptr);
    keep_trees_ |= route.format == nullptr;
  }
  const Route* only = chain_->routes.size() == 1 ? &chain_->routes.front() : nullptr;
  passes_all_ = decoder_ && chain_->stages.empty() && only != nullptr && !only->when &&
                only->computed.empty() && only->format != nullptr && only->format->delimiter == "\n" &&
                only->format->wire == chain_->source_format->wire;
  for (const StageSpec& stage : chain_->stages) {
    splits_ |= stage.transform->splits();
    rate_of_.push_back(stage.transform->records_per_second() ? rates_++ : no_rate);
  }
  if (chain_->tap) recorder_ = std::make_unique<TapRecorder>(chain_->tap);
  context_.inputs.env = &chain_->environment;
  context_.inputs.interrupted = chain_->interrupted.get();
  context_.inputs.max_new_bytes = std::min(expr::max_new_bytes, chain_->max_tree_bytes);
}

Processed Worker::process(std::unique_ptr<record::Storage> storage) {
  Processed out;
  out.read = storage->records.size();
  to_show_.clear();
  if (chain_->tap && chain_->tap->watched()) to_show_ = chain_->tap->choose(storage->records.size());
  if (passes_all_ && to_show_.empty() && storage->format == chain_->source_format->wire &&
      decoder_->all_sound(*storage)) {
    out.selections.push_back(all_of(*storage));
    out.held = storage->footprint();
    storage->recharge();
    out.storage = std::move(storage);
    return out;
  }
  std::vector<RouteOutput> outputs;
  std::vector<std::shared_ptr<record::Selection>> selections;
  for (std::size_t r = 0; r < chain_->routes.size(); ++r) {
    outputs.emplace_back(chain_->routes[r], encoders_[r].get(), storage->records.size());
    selections.push_back(outputs.back().selection);
  }
  Batch batch(*storage, outputs);
  batch.passed.resize(rates_);
  const std::uint32_t processed = carry_each(batch, out);
  out.passed = std::move(batch.passed);
  out.held = storage->footprint() + batch.parts_hold();
  if (processed < storage->records.size()) {
    out.rest = split_off(*storage, processed);
    out.read = processed;
  }
  if (splits_) {
    storage->records = std::move(batch.records);
    storage->lines = {};
  }
  KeptRecords kept = keep_alive_only(std::move(storage), selections, out.bad, keep_trees_);
  out.storage = std::move(kept.storage);
  out.numbers = std::move(kept.numbers);
  if (splits_ && out.numbers.empty()) {
    out.numbers = std::move(batch.numbers);
  } else if (splits_) {
    for (std::uint32_t& each : out.numbers)
      each = batch.numbers[each];
  }
  out.selections.assign(selections.begin(), selections.end());
  return out;
}

/// Of records that stand in `lines`: as they came, and as one run.
std::shared_ptr<const record::Selection> Worker::all_of(const record::Storage& storage) {
  auto all = std::make_shared<record::Selection>();
  all->records.resize(storage.records.size());
  std::iota(all->records.begin(), all->records.end(), 0U);
  all->originals = true;
  const std::string_view lines = storage.lines;
  all->bytes = all->original_bytes = lines.size() + 1 - storage.records.size();
  if (lines.data()[lines.size()] == '\n') all->runs.emplace_back(lines.data(), lines.size() + 1);
  return all;
}

bool Worker::is_interrupted() const noexcept {
  return chain_->interrupted != nullptr && chain_->interrupted->load(std::memory_order_relaxed);
}

/// How many were carried: all, unless the batch becomes too large.
std::uint32_t Worker::carry_each(Batch& batch, Processed& out) {
  record::Storage& storage = batch.storage;
  batch.held = batch.holds();
  const auto count = static_cast<std::uint32_t>(storage.records.size());
  std::uint32_t processed = count;
  auto shown = to_show_.begin();
  for (std::uint32_t i = 0; i < count && !is_interrupted(); ++i) {
    record::Record& each = storage.records[i];
    batch.number = i;
    batch.used = false;
    showing_ = shown != to_show_.end() && *shown == i;
    const Fate fate = splits_ ? carry_whole(each, batch) : carry(each, batch);
    if (showing_) {
      ++shown;
      end_showing(fate, batch.bad);
    }
    if (fate == Fate::bad) {
      batch.bad.record = splits_ ? static_cast<std::uint32_t>(batch.records.size() - 1) : i;
      out.bad.push_back(std::exchange(batch.bad, {}));
    } else if (!batch.used) {
      ++out.filtered;
    }
    if (!keep_trees_) {
      each.tree = false;
      scratch_.reset();
    }
    if (too_large(batch)) {
      processed = i + 1;
      break;
    }
  }
  if (!keep_trees_) scratch_.trim(scratch_kept);
  return processed;
}

/// Whether no more is to be made of the batch for now.
bool Worker::too_large(Batch& batch) const {
  const std::size_t holds = batch.holds();
  if (holds == batch.held) return false;
  batch.held = holds;
  if (chain_->max_batch_bytes == 0) return false;
  return holds > chain_->max_batch_bytes || !batch.storage.has_room();
}

Worker::Fate Worker::carry(record::Record& record, Batch& batch) {
  record::Draft draft(batch.storage, record, keep_trees_ ? batch.storage.arena : scratch_);
  const bool decoded = !decoder_ || record.tree || decode(draft, batch.bad);
  if (showing_) recorder_->begin(draft, decoded);
  return decoded ? run_stages(draft, 0, batch) : Fate::bad;
}

void Worker::end_showing(Fate fate, const BadRecord& bad) {
  if (fate == Fate::bad) {
    recorder_->failed(bad.stage, bad.error.message);
  } else {
    recorder_->end(fate == Fate::kept ? TapSample::Fate::kept : TapSample::Fate::dropped);
  }
}

/// A record that may become several, of which all go on or none. A bad one is as it came in, and the last of
/// the batch's records.
Worker::Fate Worker::carry_whole(record::Record& record, Batch& batch) {
  record::Storage& storage = batch.storage;
  // What can be worked out from where a record stands among the others cannot be any more.
  if (record.meta == nullptr) {
    if (const auto meta = storage.own_meta(record, storage.arena); !meta.empty()) record.meta = meta.data();
  }
  const record::Record before = record;
  const std::size_t records = batch.records.size();
  const record::Arena::Mark taken = storage.arena.mark();
  std::vector<RouteOutput::Mark> marks;
  marks.reserve(batch.outputs.size());
  for (const RouteOutput& output : batch.outputs)
    marks.push_back(output.mark());
  const Fate fate = carry(record, batch);
  if (fate != Fate::bad) return fate;
  for (std::size_t i = 0; i < marks.size(); ++i)
    batch.outputs[i].go_back(marks[i]);
  storage.arena.rewind(taken);
  record = before;
  batch.records.resize(records);
  batch.records.push_back(before);
  batch.numbers.resize(records);
  batch.numbers.push_back(batch.number);
  return fate;
}

bool Worker::decode(record::Draft& draft, BadRecord& bad) {
  if (!decoder_->decode(draft, bad.error)) {
    codec::add_advice(*chain_->source_format, bad.error);
    bad.stage = "decode";
    return false;
  }
  const std::size_t tree_bytes = decoder_->tree_bytes();
  if (tree_bytes <= chain_->max_tree_bytes) return true;
  bad.stage = "decode";
  bad.error = {record::DataError::Type::length, "needs up to " + std::to_string(tree_bytes) +
                                                    " bytes of memory, more than a quarter of memory_limit"};
  return false;
}

Worker::Fate Worker::run_stages(record::Draft& draft, std::size_t first, Batch& batch) {
  for (std::size_t i = first; i < chain_->stages.size(); ++i) {
    const StageSpec& stage = chain_->stages[i];
    const pipeline::Verdict verdict = stage.transform->apply(draft, context_, batch.bad.error);
    if (showing_) recorder_->after(stage.name, verdict, draft);
    switch (verdict) {
      case pipeline::Verdict::keep:
        if (rate_of_[i] != no_rate) ++batch.passed[rate_of_[i]];
        break;
      case pipeline::Verdict::drop:
        return Fate::dropped;
      case pipeline::Verdict::reject:
        batch.bad.stage = stage.name;
        return Fate::bad;
      case pipeline::Verdict::split:
        return split(draft, i, batch);
    }
  }
  return put_out(draft, batch);
}

/// Carries what a stage makes of a record, one by one, from the stage behind it on.
Worker::Fate Worker::split(record::Draft& draft, std::size_t stage, Batch& batch) {
  const StageSpec& by = chain_->stages[stage];
  const record::Value whole = draft.value();
  const std::size_t parts = context_.parts;
  // The batch can only be cut between records: one that comes to too much is refused, as a large tree is.
  const std::size_t held = batch.holds();
  batch.storage.schema.reset();
  record::Record part = draft.record();
  part.tree = true;
  part.changed = true;
  Fate fate = Fate::dropped;
  const bool showing = showing_;
  if (showing) recorder_->split(parts);
  for (std::size_t i = 0; i < parts && !is_interrupted(); ++i) {
    const record::Arena::Mark taken = draft.arena().mark();
    if (!by.transform->part(whole, i, draft.arena(), part.value, batch.bad.error)) {
      batch.bad.stage = by.name;
      return Fate::bad;
    }
    record::Draft piece(batch.storage, part, draft.arena());
    // The first one is followed.
    showing_ = showing && i == 0;
    if (showing_) recorder_->part(piece);
    const Fate of_part = run_stages(piece, stage + 1, batch);
    showing_ = showing;
    if (of_part == Fate::bad) return Fate::bad;
    if (of_part == Fate::kept) fate = Fate::kept;
    if (batch.holds() - held > chain_->max_tree_bytes) {
      batch.bad.stage = by.name;
      batch.bad.error = {
          record::DataError::Type::length,
          "its " + std::to_string(parts) + " parts need more memory than a quarter of memory_limit"};
      return Fate::bad;
    }
    if (!keep_trees_) draft.arena().rewind(taken);
  }
  return fate;
}

/// Has the outputs that want it take the record.
Worker::Fate Worker::put_out(record::Draft& draft, Batch& batch) {
  for (RouteOutput& output : batch.outputs) {
    const auto earlier = batch.outputs.first(static_cast<std::size_t>(&output - batch.outputs.data()));
    if (!prepare(draft, output, earlier, batch.bad)) return Fate::bad;
  }
  const bool used =
      std::ranges::any_of(batch.outputs, [](const RouteOutput& output) { return output.takes; });
  if (!used) return Fate::dropped;
  batch.used = true;
  std::uint32_t number = batch.number;
  if (splits_) {
    number = static_cast<std::uint32_t>(batch.records.size());
    batch.records.push_back(draft.record());
    batch.records.back().tree = keep_trees_ && draft.record().tree;
    batch.numbers.push_back(batch.number);
  }
  for (const RouteOutput& output : batch.outputs) {
    if (!output.takes) continue;
    output.take(number, draft.record());
    if (showing_) recorder_->taken_by(output.route->name);
  }
  return Fate::kept;
}

bool Worker::prepare(record::Draft& draft, RouteOutput& output, std::span<const RouteOutput> earlier,
                     BadRecord& bad) {
  const Route& route = *output.route;
  output.takes = true;
  if (route.when && !decide(draft, output, bad)) return false;
  if (!output.takes) return true;
  if (!route.computed.empty() && !compute(draft, output, bad)) return false;
  if (output.encoder == nullptr) {
    static_cast<void>(draft.value());
    return true;
  }
  for (const RouteOutput& other : earlier) {
    if (!other.takes || other.route->format != route.format) continue;
    output.encoded = other.encoded;  // sinks of one format share the bytes
    return true;
  }
  if (output.encoder->encode(draft, draft.storage().arena, output.encoded, bad.error)) return true;
  bad.stage = route.name + " encode";
  return false;
}

bool Worker::decide(record::Draft& draft, RouteOutput& output, BadRecord& bad) {
  expr::Failure failure;
  if (output.route->when->test(draft, context_.inputs, output.takes, failure)) return true;
  bad.stage = output.route->name + " when";
  bad.error = expression_error(std::move(failure));
  return false;
}

bool Worker::compute(record::Draft& draft, RouteOutput& output, BadRecord& bad) {
  expr::Failure failure;
  for (std::size_t c = 0; c < output.computed.size(); ++c) {
    const expr::Template& column = *output.route->computed[c];
    if (column.render(draft, context_.inputs, draft.storage().arena, output.computed[c], failure)) continue;
    bad.stage = output.route->name;
    bad.error = expression_error(std::move(failure));
    return false;
  }
  return true;
}

}  // namespace hiveframe::runtime
