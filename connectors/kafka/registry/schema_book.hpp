#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "connectors/kafka/registry/registry_client.hpp"
#include "pipeline/codec/avro/batch_schemas.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::kafka {

/// How the records of each schema's id are read: the registry is asked once for an id, by a thread of its
/// own, and the answer kept, for ids mean the same for ever. That there is none is asked again after a while.
/// Shared by the lanes of a source, each of which has its SchemaQuestions; from any thread.
class SchemaBook {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  using Found = codec::avro::BatchSchemas::Found;
  /// So many plans are kept, the ones used last; batches keep theirs.
  static constexpr std::size_t most_kept = 1'000;
  static constexpr std::chrono::seconds absent_for{30};

  struct Trouble {
    pipeline::ErrorText text;
    bool fatal = false;
  };
  /// What the registry is being asked, by all who want to know.
  class Question {
   public:
    /// The registry has not answered yet.
    [[nodiscard]] bool open() const;
    /// Why there is no answer: it is down, or refuses; nothing, there is one.
    [[nodiscard]] std::optional<Trouble> trouble() const;

   private:
    friend class SchemaBook;

    mutable std::mutex mutex_;
    bool open_ = true;
    std::optional<Trouble> trouble_;
    std::vector<std::function<void()>> waiting_;
  };

  /// `reader`: what all are read as; null: as each was written. `clock` is called by several threads.
  SchemaBook(const RegistrySettings& settings, std::shared_ptr<const codec::avro::Schema> reader,
             Clock clock = &std::chrono::steady_clock::now);
  /// Waits for the question under way: cancel() before.
  ~SchemaBook();
  SchemaBook(const SchemaBook&) = delete;
  SchemaBook& operator=(const SchemaBook&) = delete;

  /// Nothing: ask.
  std::optional<Found> known(std::uint32_t id);
  /// Asks the registry, unless it is being asked. `wake` is called, from another thread, when it has answered
  /// or could not.
  std::shared_ptr<const Question> ask(std::uint32_t id, std::function<void()> wake);
  /// Ends what is being asked and all that follows, by Retryable.
  void cancel() noexcept { client_.cancel(); }

 private:
  struct Kept {
    Found found;
    std::chrono::steady_clock::time_point asked;
    std::uint64_t used = 0;
  };

  void answer(std::uint32_t id, Question& question);
  Found look_up(std::uint32_t id);
  void keep(std::uint32_t id, const Found& found);

  std::shared_ptr<const codec::avro::Schema> reader_;
  Clock clock_;
  RegistryClient client_;  // of the thread
  std::mutex mutex_;
  std::map<std::uint32_t, Kept> kept_;
  std::uint64_t uses_ = 0;
  std::map<std::uint32_t, std::shared_ptr<Question>> open_;
  struct Thread;
  std::unique_ptr<Thread> thread_;
};

/// By what the Avro of a source is read; null: it is none.
struct SchemaBooks {
  std::shared_ptr<SchemaBook> values;
  std::shared_ptr<SchemaBook> keys;
};

}  // namespace hiveframe::connectors::kafka
