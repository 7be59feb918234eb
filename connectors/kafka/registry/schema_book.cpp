#include "connectors/kafka/registry/schema_book.hpp"

#include <algorithm>
#include <utility>

namespace hiveframe::connectors::kafka {

using codec::avro::BatchSchemas;
using codec::avro::Plan;
using codec::avro::Schema;

SchemaBook::SchemaBook(const RegistrySettings& settings, std::shared_ptr<const Schema> reader, Clock clock)
    : reader_(std::move(reader)), clock_(std::move(clock)), client_(settings) {}

std::optional<SchemaBook::Found> SchemaBook::known(std::uint32_t id) {
  const std::lock_guard lock(mutex_);
  const auto kept = kept_.find(id);
  if (kept == kept_.end()) return std::nullopt;
  if (!kept->second.found.plan && clock_() - kept->second.asked >= absent_for) return std::nullopt;
  kept->second.used = ++uses_;
  return kept->second.found;
}

pipeline::Task<std::shared_ptr<const BatchSchemas>> SchemaBook::find(std::vector<std::uint32_t> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  // One that is not there may be by now.
  if (last_ && ids == last_ids_ && last_->complete()) co_return last_;
  auto schemas = std::make_shared<BatchSchemas>();
  for (const std::uint32_t id : ids) {
    std::optional<Found> found = known(id);
    if (!found) {
      auto question = [this, id] { return known_or_asked(id); };
      Found answer = co_await thread_.run(question);
      found = std::move(answer);
    }
    schemas->add(id, *std::move(found));
  }
  last_ids_ = std::move(ids);
  last_ = schemas;
  co_return schemas;
}

/// On the thread: another lane may have asked meanwhile.
SchemaBook::Found SchemaBook::known_or_asked(std::uint32_t id) {
  if (std::optional<Found> found = known(id)) return *std::move(found);
  Found found = ask(id);
  keep(id, found);
  return found;
}

SchemaBook::Found SchemaBook::ask(std::uint32_t id) {
  const std::optional<RegisteredSchema> answer = client_.by_id(id);
  if (!answer) {
    return {nullptr, "is not in the registry " + client_.server() +
                         "; whatever wrote the record used another registry, or the schema was deleted"};
  }
  if (answer->type != "AVRO")
    return {nullptr, "is of the type " + answer->type + ", and the deserializer is avro; set it to bytes"};
  const std::vector<std::string> referenced = client_.referenced_by(*answer);
  std::string problem;
  const std::shared_ptr<const Schema> writer = Schema::parse(answer->text, problem, referenced);
  if (!writer) return {nullptr, "is no Avro schema, though the registry has it: " + problem};
  std::shared_ptr<const Plan> plan = Plan::make(writer, reader_ ? reader_ : writer, problem);
  return {std::move(plan), std::move(problem)};
}

void SchemaBook::keep(std::uint32_t id, const Found& found) {
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= most_kept && !kept_.contains(id)) {
    const auto oldest = std::min_element(kept_.begin(), kept_.end(), [](const auto& a, const auto& b) {
      return a.second.used < b.second.used;
    });
    kept_.erase(oldest);
  }
  kept_[id] = {found, clock_(), ++uses_};
}

}  // namespace hiveframe::connectors::kafka
