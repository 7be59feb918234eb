#include "connectors/kafka/registry/schema_questions.hpp"

#include <optional>
#include <utility>

namespace hiveframe::connectors::kafka {

using codec::avro::BatchSchemas;

std::shared_ptr<const BatchSchemas> SchemaQuestions::find(const std::vector<std::uint32_t>& ids) {
  // One that is not there may be by now.
  if (last_ && ids == last_ids_ && last_->complete()) return last_;
  for (const std::uint32_t id : ids) {
    if (found_.contains(id)) continue;
    if (std::optional<SchemaBook::Found> found = book_->known(id)) {
      found_.emplace(id, *std::move(found));
      // Whether by it or by another lane's.
      question_.reset();
      continue;
    }
    // What became of one before this is told by check() first.
    if (!question_) question_ = book_->ask(id, wake_);
    return nullptr;
  }
  auto schemas = std::make_shared<BatchSchemas>();
  for (const std::uint32_t id : ids)
    schemas->add(id, found_.at(id));
  question_.reset();
  found_.clear();
  last_ids_ = ids;
  last_ = schemas;
  return schemas;
}

void SchemaQuestions::check() {
  if (!question_ || question_->open()) return;
  const std::shared_ptr<const SchemaBook::Question> over = std::exchange(question_, nullptr);
  if (const std::optional<SchemaBook::Trouble> trouble = over->trouble()) {
    // By the time that it answers again, it may have these.
    std::erase_if(found_, [](const auto& each) { return !each.second.plan; });
    if (trouble->fatal) throw pipeline::Fatal(trouble->text);
    throw pipeline::Retryable(trouble->text);
  }
  // It was answered while nobody looked: find() has more to ask.
  wake_();
}

}  // namespace hiveframe::connectors::kafka
