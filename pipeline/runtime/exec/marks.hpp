#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "pipeline/sink.hpp"

namespace hiveframe::runtime {

/// What one sink wants remembered, until the next commit takes it. Sinks set marks on their own threads
/// before they say the acks that the marks cover; the commit takes watermarks first and marks after, so
/// that what is stored of a sink is never behind the stored positions. Thread-safe.
class Marks final : public pipeline::ResumeMarks {
 public:
  /// `store` has everything set so far committed; awaited on the strand.
  explicit Marks(std::function<pipeline::Task<void>()> store) : store_(std::move(store)) {}

  /// Whom they are stored for, see Sink::identity(). Said before the sink is opened; without it set() and
  /// erase() throw std::logic_error.
  void belong_to(std::string owner) { owner_ = std::move(owner); }
  [[nodiscard]] const std::string& owner() const noexcept { return owner_; }

  void set(std::string key, std::string bytes) override;
  void erase(std::string key) override;
  pipeline::Task<void> store() override { return store_(); }

  /// The changes since the last take(): bytes, or nothing for a mark that was erased.
  std::map<std::string, std::optional<std::string>> take();
  /// A commit failed: what it took is to be taken again, unless it has changed since.
  void give_back(std::map<std::string, std::optional<std::string>> changes);

 private:
  void change(std::string key, std::optional<std::string> bytes);

  std::function<pipeline::Task<void>()> store_;
  std::string owner_;
  std::mutex mutex_;
  std::map<std::string, std::optional<std::string>> changes_;
};

}  // namespace hiveframe::runtime
