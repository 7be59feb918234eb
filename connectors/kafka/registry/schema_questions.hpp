#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "connectors/kafka/registry/schema_book.hpp"
#include "pipeline/codec/avro/batch_schemas.hpp"

namespace hiveframe::connectors::kafka {

/// What a lane wants to know of schemas, and waits for. Nothing here blocks; used by one thread at a time.
class SchemaQuestions {
 public:
  /// `wake` is called, from any thread, when find() may answer, or check() throw.
  SchemaQuestions(std::shared_ptr<SchemaBook> book, std::function<void()> wake)
      : book_(std::move(book)), wake_(std::move(wake)) {}

  /// The schemas of these ids, in which none repeats. Null: one is not known, and the registry is being
  /// asked.
  std::shared_ptr<const codec::avro::BatchSchemas> find(const std::vector<std::uint32_t>& ids);
  /// Throws Retryable or Fatal if the registry did not answer what was asked; find() then asks again.
  void check();

 private:
  std::shared_ptr<SchemaBook> book_;
  std::function<void()> wake_;
  std::shared_ptr<const SchemaBook::Question> question_;
  // Of those that are wanted now: the book may have let go of the first when it has the last.
  std::map<std::uint32_t, SchemaBook::Found> found_;
  std::vector<std::uint32_t> last_ids_;  // mostly the same as of the batch before
  std::shared_ptr<const codec::avro::BatchSchemas> last_;
};

}  // namespace hiveframe::connectors::kafka
