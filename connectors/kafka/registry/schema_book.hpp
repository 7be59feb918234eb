#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "connectors/kafka/registry/registry_client.hpp"
#include "pipeline/blocking_thread.hpp"
#include "pipeline/codec/avro/batch_schemas.hpp"
#include "pipeline/task.hpp"

namespace hiveframe::connectors::kafka {

/// How the records of each schema's id are read: the registry is asked once for an id, by a thread of its
/// own, and the answer kept, for ids mean the same for ever. That there is none is asked again after a while.
/// Shared by the lanes of a source; used on the pipeline's strand, but cancel() is for any thread.
class SchemaBook {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  /// So many plans are kept, the ones used last; batches keep theirs.
  static constexpr std::size_t most_kept = 1'000;
  static constexpr std::chrono::seconds absent_for{30};

  /// `reader`: what all are read as; null: as each was written. `clock` is called by two threads.
  SchemaBook(const RegistrySettings& settings, std::shared_ptr<const codec::avro::Schema> reader,
             Clock clock = &std::chrono::steady_clock::now);

  /// The schemas of these ids, which may repeat. Throws Retryable or Fatal.
  pipeline::Task<std::shared_ptr<const codec::avro::BatchSchemas>> find(std::vector<std::uint32_t> ids);
  /// Ends what is under way, by Retryable.
  void cancel() noexcept { client_.cancel(); }

 private:
  using Found = codec::avro::BatchSchemas::Found;
  struct Kept {
    Found found;
    std::chrono::steady_clock::time_point asked;
    std::uint64_t used = 0;
  };

  std::optional<Found> known(std::uint32_t id);
  Found known_or_asked(std::uint32_t id);
  Found ask(std::uint32_t id);
  void keep(std::uint32_t id, const Found& found);

  std::shared_ptr<const codec::avro::Schema> reader_;
  Clock clock_;
  RegistryClient client_;
  std::mutex mutex_;  // of what is kept, which lanes look at and the thread adds to
  std::map<std::uint32_t, Kept> kept_;
  std::uint64_t uses_ = 0;
  std::vector<std::uint32_t> last_ids_;  // mostly the same as of the batch before
  std::shared_ptr<const codec::avro::BatchSchemas> last_;
  pipeline::BlockingThread thread_;
};

}  // namespace hiveframe::connectors::kafka
