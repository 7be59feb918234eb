#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace hiveframe::pipeline {

/// The runtime's side of an ack: one for each slice that a sink has to make durable.
class AckTarget {
 public:
  virtual ~AckTarget() = default;
  /// Called once, from any thread.
  virtual void settle(bool delivered) noexcept = 0;
};

/// The promise to say that records are durable. Movable; whoever holds it last decides: delivered() is
/// said once and explicitly, an Ack destroyed unsaid means the records were abandoned and will be read
/// again. Any thread may say it.
class Ack {
 public:
  Ack() = default;
  explicit Ack(std::shared_ptr<AckTarget> target) { targets_.push_back(std::move(target)); }
  Ack(Ack&& other) noexcept : targets_(std::exchange(other.targets_, {})) {}
  Ack& operator=(Ack&& other) noexcept {
    if (this != &other) {
      settle(false);
      targets_ = std::exchange(other.targets_, {});
    }
    return *this;
  }
  ~Ack() { settle(false); }

  /// Everything it stands for is durable.
  void delivered() noexcept { settle(true); }
  /// Takes over what `other` stands for.
  void join(Ack other) {
    for (auto& target : other.targets_)
      targets_.push_back(std::move(target));
    other.targets_.clear();
  }
  [[nodiscard]] bool empty() const noexcept { return targets_.empty(); }

 private:
  void settle(bool delivered) noexcept {
    for (auto& target : std::exchange(targets_, {}))
      target->settle(delivered);
  }

  std::vector<std::shared_ptr<AckTarget>> targets_;
};

}  // namespace hiveframe::pipeline
