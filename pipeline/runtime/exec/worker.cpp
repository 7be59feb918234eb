#include "pipeline/runtime/exec/worker.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "pipeline/expr/limits.hpp"
#include "pipeline/expr/program.hpp"
#include "pipeline/expr/template.hpp"
#include "pipeline/runtime/exec/compaction.hpp"

namespace hiveframe::runtime {
namespace {

// Scratch kept between records; what a rare large record took beyond it goes back to the system.
constexpr std::size_t scratch_kept = 256 * 1024;

/// Adds the record that `selection` has taken last to its runs, as long as each has its delimiter behind it.
void add_to_runs(record::Selection& selection, std::string_view text, char delimiter) {
  std::vector<std::string_view>& runs = selection.runs;
  const bool broken = runs.empty() && selection.records.size() > 1;
  if (broken) return;
  if (text.data() == nullptr || text.data()[text.size()] != delimiter) {
    runs.clear();
  } else if (!runs.empty() && runs.back().data() + runs.back().size() == text.data()) {
    runs.back() = {runs.back().data(), runs.back().size() + text.size() + 1};
  } else {
    runs.emplace_back(text.data(), text.size() + 1);
  }
}

record::DataError expression_error(expr::Failure failure) {
  return {record::DataError::Type::expression, std::move(failure.message)};
}

}  // namespace

/// What one route makes of a batch; the rest is of the record at hand.
struct Worker::Output {
  Output(const Route& from, codec::Encoder* encoder_of, std::size_t records)
      : route(&from),
        encoder(encoder_of),
        selection(std::make_shared<record::Selection>()),
        makes_runs(encoder != nullptr && from.computed.empty() && from.format->delimiter.size() == 1),
        computed(from.computed.size()) {
    selection->computed_columns = from.computed.size();
    selection->records.reserve(records);
    if (encoder != nullptr) selection->encoded.reserve(records);
  }

  void take(std::uint32_t number, const record::Record& record) const {
    record::Selection& to = *selection;
    to.records.push_back(number);
    to.original_bytes += record.original.size();
    to.computed.insert(to.computed.end(), computed.begin(), computed.end());
    if (encoder == nullptr) {
      to.bytes += record.original.size();
      return;
    }
    to.encoded.push_back(encoded);
    to.bytes += encoded.size();
    if (makes_runs) add_to_runs(to, encoded, route->format->delimiter.front());
  }

  const Route* route;
  codec::Encoder* encoder;  // nullptr: trees
  std::shared_ptr<record::Selection> selection;
  bool makes_runs;

  bool takes = false;
  std::string_view encoded;
  std::vector<std::string_view> computed;
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
  context_.inputs.env = &chain_->environment;
  context_.inputs.interrupted = chain_->interrupted.get();
  context_.inputs.max_new_bytes = std::min(expr::max_new_bytes, chain_->max_tree_bytes);
}

Processed Worker::process(std::unique_ptr<record::Storage> storage) {
  Processed out;
  out.read = storage->records.size();
  if (passes_all_ && storage->format == chain_->source_format->wire && decoder_->all_sound(*storage)) {
    out.selections.push_back(all_of(*storage));
    out.held = storage->footprint();
    storage->recharge();
    out.storage = std::move(storage);
    return out;
  }
  std::vector<Output> outputs;
  std::vector<std::shared_ptr<record::Selection>> selections;
  for (std::size_t r = 0; r < chain_->routes.size(); ++r) {
    outputs.emplace_back(chain_->routes[r], encoders_[r].get(), storage->records.size());
    selections.push_back(outputs.back().selection);
  }
  const std::uint32_t processed = carry_each(*storage, outputs, out);
  out.held = storage->footprint();
  if (processed < storage->records.size()) {
    out.rest = split_off(*storage, processed);
    out.read = processed;
  }
  KeptRecords kept = keep_alive_only(std::move(storage), selections, out.bad, keep_trees_);
  out.storage = std::move(kept.storage);
  out.numbers = std::move(kept.numbers);
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

/// How many were carried: all, unless the batch becomes too large.
std::uint32_t Worker::carry_each(record::Storage& storage, std::span<Output> outputs, Processed& out) {
  std::size_t seen = storage.arena.footprint();
  record::Arena& trees = keep_trees_ ? storage.arena : scratch_;
  BadRecord bad;
  const auto count = static_cast<std::uint32_t>(storage.records.size());
  std::uint32_t processed = count;
  const auto is_interrupted = [this] {
    return chain_->interrupted != nullptr && chain_->interrupted->load(std::memory_order_relaxed);
  };
  for (std::uint32_t i = 0; i < count && !is_interrupted(); ++i) {
    record::Record& each = storage.records[i];
    record::Draft draft(storage, each, trees);
    bool used = true;
    switch (carry(draft, outputs, bad)) {
      case Fate::bad:
        bad.record = i;
        out.bad.push_back(std::exchange(bad, {}));
        break;
      case Fate::dropped:
        used = false;
        break;
      case Fate::kept:
        used = false;
        for (const Output& output : outputs) {
          if (!output.takes) continue;
          output.take(i, each);
          used = true;
        }
    }
    if (!used) ++out.filtered;
    if (!keep_trees_) {
      each.tree = false;
      scratch_.reset();
    }
    if (storage.arena.footprint() != seen && too_large(storage, seen)) {
      processed = i + 1;
      break;
    }
  }
  if (!keep_trees_) scratch_.trim(scratch_kept);
  return processed;
}

/// Whether no more is to be made of the batch for now. `seen`: what its arena held when this was asked last.
bool Worker::too_large(record::Storage& storage, std::size_t& seen) const {
  seen = storage.arena.footprint();
  if (chain_->max_batch_bytes == 0) return false;
  return seen > chain_->max_batch_bytes || !storage.has_room();
}

/// Kept: each output says whether it takes the record, and has made of it what its sink wants.
Worker::Fate Worker::carry(record::Draft& draft, std::span<Output> outputs, BadRecord& bad) {
  if (decoder_ && !draft.record().tree && !decode(draft, bad)) return Fate::bad;
  bool kept = true;
  if (!run_stages(draft, kept, bad)) return Fate::bad;
  if (!kept) return Fate::dropped;
  for (Output& output : outputs) {
    const auto earlier = outputs.first(static_cast<std::size_t>(&output - outputs.data()));
    if (!prepare(draft, output, earlier, bad)) return Fate::bad;
  }
  return Fate::kept;
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

bool Worker::run_stages(record::Draft& draft, bool& kept, BadRecord& bad) {
  for (const StageSpec& stage : chain_->stages) {
    switch (stage.transform->apply(draft, context_, bad.error)) {
      case pipeline::Verdict::keep:
        break;
      case pipeline::Verdict::drop:
        kept = false;
        return true;
      case pipeline::Verdict::reject:
        bad.stage = stage.name;
        return false;
    }
  }
  return true;
}

bool Worker::prepare(record::Draft& draft, Output& output, std::span<const Output> earlier, BadRecord& bad) {
  const Route& route = *output.route;
  output.takes = true;
  if (route.when && !decide(draft, output, bad)) return false;
  if (!output.takes) return true;
  if (!route.computed.empty() && !compute(draft, output, bad)) return false;
  if (output.encoder == nullptr) {
    static_cast<void>(draft.value());
    return true;
  }
  for (const Output& other : earlier) {
    if (!other.takes || other.route->format != route.format) continue;
    output.encoded = other.encoded;  // sinks of one format share the bytes
    return true;
  }
  if (output.encoder->encode(draft, draft.storage().arena, output.encoded, bad.error)) return true;
  bad.stage = route.name + " encode";
  return false;
}

bool Worker::decide(record::Draft& draft, Output& output, BadRecord& bad) {
  expr::Failure failure;
  if (output.route->when->test(draft, context_.inputs, output.takes, failure)) return true;
  bad.stage = output.route->name + " when";
  bad.error = expression_error(std::move(failure));
  return false;
}

bool Worker::compute(record::Draft& draft, Output& output, BadRecord& bad) {
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
