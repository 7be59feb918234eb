#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "pipeline/codec/avro/schema.hpp"

namespace hiveframe::codec::avro {

/// The schema that a sink writes by, and the id that a registry gave it: known when the sink is open, which
/// is before the first record is encoded that is to be written. Shared by the sink and its encoders; any
/// thread may call it.
class OutputSchema {
 public:
  struct Known {
    std::shared_ptr<const Schema> schema;
    std::uint32_t id = 0;
  };

  void set(Known known) {
    const std::lock_guard lock(mutex_);
    known_ = std::make_shared<const Known>(std::move(known));
  }
  /// Null before set().
  [[nodiscard]] std::shared_ptr<const Known> get() const {
    const std::lock_guard lock(mutex_);
    return known_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Known> known_;
};

}  // namespace hiveframe::codec::avro
