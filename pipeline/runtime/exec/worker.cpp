#include <algorithm>
#include <string>
#include <utility>

#include "pipeline/expr/program.hpp"
#include "pipeline/expr/template.hpp"
#include "pipeline/runtime/exec/chain.hpp"
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

void set_environment(Chain& chain, const std::map<std::string, std::string>& variables) {
  const auto members = chain.environment_text.array<record::Member>(variables.size());
  std::size_t i = 0;
  for (const auto& [name, text] : variables) {
    members[i++] = {chain.environment_text.copy(name),
                    record::Value::string(chain.environment_text.copy(text))};
  }
  chain.environment = record::Value::object(members);
}

/// What the routes make of one record: which take it, and with what. Reused from record to record.
struct Worker::Row {
  explicit Row(const Chain& chain) : taken(chain.routes.size()), encoded(chain.routes.size()) {
    for (const Route& route : chain.routes)
      computed.emplace_back(route.computed.size());
  }

  std::vector<char> taken;
  std::vector<std::string_view> encoded;
  std::vector<std::vector<std::string_view>> computed;
};

Worker::Worker(std::shared_ptr<const Chain> chain) : chain_(std::move(chain)) {
  if (chain_->source_format != nullptr) decoder_ = chain_->source_format->decoder();
  for (const Route& route : chain_->routes) {
    encoders_.push_back(route.format != nullptr ? route.format->encoder() : nullptr);
    keep_trees_ |= route.format == nullptr;
  }
  context_.inputs.env = &chain_->environment;
}

Processed Worker::process(std::unique_ptr<record::Storage> storage) {
  Processed out;
  out.read = storage->records.size();
  const std::size_t routes = chain_->routes.size();
  std::vector<std::shared_ptr<record::Selection>> selections(routes);
  for (std::size_t r = 0; r < routes; ++r) {
    selections[r] = std::make_shared<record::Selection>();
    selections[r]->computed_columns = chain_->routes[r].computed.size();
    selections[r]->records.reserve(storage->records.size());
    if (chain_->routes[r].format != nullptr) selections[r]->encoded.reserve(storage->records.size());
  }

  record::Arena& trees = keep_trees_ ? storage->arena : scratch_;
  Row row(*chain_);
  BadRecord bad;
  for (std::uint32_t i = 0; i < storage->records.size(); ++i) {
    record::Record& each = storage->records[i];
    record::Draft draft(*storage, each, trees);
    if (!carry(draft, row, bad)) {
      bad.record = i;
      out.bad.push_back(std::exchange(bad, {}));
    } else {
      bool taken = false;
      for (std::size_t r = 0; r < routes; ++r) {
        if (row.taken[r] == 0) continue;
        taken = true;
        select(i, r, each, row, *selections[r]);
      }
      out.filtered += taken ? 0 : 1;
    }
    if (!keep_trees_) {
      each.tree = false;
      each.value = {};
      scratch_.reset();
    }
  }
  if (!keep_trees_) scratch_.trim(scratch_kept);

  out.storage = keep_alive_only(std::move(storage), selections, out.bad, keep_trees_);
  out.selections.assign(selections.begin(), selections.end());
  return out;
}

void Worker::select(std::uint32_t record, std::size_t r, const record::Record& taken, const Row& row,
                    record::Selection& selection) const {
  selection.records.push_back(record);
  for (const std::string_view text : row.computed[r])
    selection.computed.push_back(text);
  if (!encoders_[r]) {
    selection.bytes += taken.original.size();
    return;
  }
  const std::string_view text = row.encoded[r];
  selection.encoded.push_back(text);
  selection.bytes += text.size();
  const std::string_view delimiter = chain_->routes[r].format->delimiter;
  if (delimiter.size() == 1 && row.computed[r].empty()) add_to_runs(selection, text, delimiter.front());
}

/// False: the record is bad. Otherwise `row` says which routes take it.
bool Worker::carry(record::Draft& draft, Row& row, BadRecord& bad) {
  std::fill(row.taken.begin(), row.taken.end(), char{0});
  if (decoder_ && !draft.record().tree) {
    if (!decoder_->decode(draft, bad.error)) {
      bad.stage = "decode";
      return false;
    }
    if (decoder_->tree_bytes() > chain_->max_tree_bytes) {
      bad.stage = "decode";
      bad.error = {record::DataError::Type::length,
                   "needs up to " + std::to_string(decoder_->tree_bytes()) +
                       " bytes of memory, more than a quarter of memory_limit"};
      return false;
    }
  }
  bool kept = true;
  if (!run_stages(draft, kept, bad)) return false;
  if (!kept) return true;
  for (std::size_t r = 0; r < chain_->routes.size(); ++r) {
    if (!prepare(draft, r, row, bad)) return false;
  }
  return true;
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

bool Worker::prepare(record::Draft& draft, std::size_t r, Row& row, BadRecord& bad) {
  const Route& route = chain_->routes[r];
  expr::Failure failure;
  if (route.when) {
    bool takes = false;
    if (!route.when->test(draft, context_.inputs, takes, failure)) {
      bad.stage = route.name + " when";
      bad.error = expression_error(std::move(failure));
      return false;
    }
    if (!takes) return true;
  }
  row.taken[r] = 1;
  for (std::size_t c = 0; c < route.computed.size(); ++c) {
    if (!route.computed[c]->render(draft, context_.inputs, draft.storage().arena, row.computed[r][c],
                                   failure)) {
      bad.stage = route.name;
      bad.error = expression_error(std::move(failure));
      return false;
    }
  }
  if (!encoders_[r]) {
    static_cast<void>(draft.value());
    return true;
  }
  // Sinks of one format share the bytes.
  for (std::size_t earlier = 0; earlier < r; ++earlier) {
    if (row.taken[earlier] != 0 && chain_->routes[earlier].format == route.format) {
      row.encoded[r] = row.encoded[earlier];
      return true;
    }
  }
  if (!encoders_[r]->encode(draft, draft.storage().arena, row.encoded[r], bad.error)) {
    bad.stage = route.name + " encode";
    return false;
  }
  return true;
}

}  // namespace hiveframe::runtime
