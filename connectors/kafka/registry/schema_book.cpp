#include "connectors/kafka/registry/schema_book.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <string>
#include <utility>

namespace hiveframe::connectors::kafka {

using codec::avro::Plan;
using codec::avro::Schema;

struct SchemaBook::Thread {
  boost::asio::thread_pool pool{1};
};

bool SchemaBook::Question::open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

std::optional<SchemaBook::Trouble> SchemaBook::Question::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

SchemaBook::SchemaBook(const RegistrySettings& settings, std::shared_ptr<const Schema> reader, Clock clock)
    : reader_(std::move(reader)),
      clock_(std::move(clock)),
      client_(settings),
      thread_(std::make_unique<Thread>()) {}

SchemaBook::~SchemaBook() = default;

std::optional<SchemaBook::Found> SchemaBook::known(std::uint32_t id) {
  const std::lock_guard lock(mutex_);
  const auto kept = kept_.find(id);
  if (kept == kept_.end()) return std::nullopt;
  if (!kept->second.found.plan && clock_() - kept->second.asked >= absent_for) return std::nullopt;
  kept->second.used = ++uses_;
  return kept->second.found;
}

std::shared_ptr<const SchemaBook::Question> SchemaBook::ask(std::uint32_t id, std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Question>& question = open_[id];
  if (!question) {
    question = std::make_shared<Question>();
    boost::asio::post(thread_->pool, [this, id, asked = question] { answer(id, *asked); });
  }
  const std::lock_guard lock_of_question(question->mutex_);
  question->waiting_.push_back(std::move(wake));
  return question;
}

/// On the thread.
void SchemaBook::answer(std::uint32_t id, Question& question) {
  // As values: who waits is on other threads.
  std::optional<Trouble> trouble;
  try {
    keep(id, look_up(id));
  } catch (const pipeline::Retryable& error) {
    trouble = {error.text(), false};
  } catch (const pipeline::Fatal& error) {
    trouble = {error.text(), true};
  } catch (const std::exception& error) {
    trouble = {{"read schema " + std::to_string(id) + " from", client_.server(), error.what(), ""}, true};
  }
  std::vector<std::function<void()>> waiting;
  {
    // Whoever asks from now on asks anew.
    const std::lock_guard lock(mutex_);
    open_.erase(id);
    const std::lock_guard lock_of_question(question.mutex_);
    question.open_ = false;
    question.trouble_ = std::move(trouble);
    waiting.swap(question.waiting_);
  }
  for (const std::function<void()>& wake : waiting)
    wake();
}

SchemaBook::Found SchemaBook::look_up(std::uint32_t id) {
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
