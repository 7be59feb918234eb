#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace hiveframe::runtime {

/// A record as it went through a pipeline's transforms. Texts of records are JSON on one line; empty where
/// `unshown` says why there is none.
struct TapSample {
  enum class Fate : std::uint8_t { kept, dropped, rejected };
  struct Shown {
    std::string record;
    std::string unshown;  ///< "longer than 64 KiB"
    friend bool operator==(const Shown&, const Shown&) = default;
  };
  struct Step {
    std::string stage;  ///< "transforms[0] filter"
    Fate fate = Fate::kept;
    bool changed = false;
    std::optional<std::size_t>
        parts;    ///< of one that was split: how many it became; the first one is followed
    Shown after;  ///< of one that is kept
  };

  std::chrono::system_clock::time_point read_at;
  Shown before;                    ///< as it was read
  std::vector<Step> steps;         ///< up to the one that dropped or rejected it
  std::vector<std::string> sinks;  ///< that take it
  Fate fate = Fate::kept;
  std::string failed_stage;  ///< of a rejected one: "decode", "transforms[1] set", "sink encode"
  std::string error;

  [[nodiscard]] std::size_t size() const noexcept;
};

/// Where people look at records that pass through a pipeline. Outlives the pipeline's runs, and is shared by
/// them, its owner and the viewers. While nobody looks it costs a load of an atomic for each batch; while
/// somebody does, only so many records and bytes a second are shown, and who does not keep up misses some:
/// data never waits. Thread-safe.
class Tap : public std::enable_shared_from_this<Tap> {
 public:
  using Clock = std::chrono::steady_clock;

  /// Somebody who looks, as long as it lives.
  class Viewer {
   public:
    /// By Tap::look only.
    Viewer(std::shared_ptr<Tap> tap, double per_second, std::function<void()> arrived);
    ~Viewer();
    Viewer(const Viewer&) = delete;
    Viewer& operator=(const Viewer&) = delete;

    /// What came since the last call, and was not missed.
    std::vector<std::shared_ptr<const TapSample>> take();
    /// Samples that came while too many waited to be taken.
    [[nodiscard]] std::uint64_t missed() const;

   private:
    friend class Tap;

    const std::shared_ptr<Tap> tap_;
    const double per_second_;
    const std::function<void()> arrived_;
    std::deque<std::shared_ptr<const TapSample>> waiting_;  // guarded by the tap's mutex, as what follows
    std::size_t waiting_bytes_ = 0;
    std::uint64_t missed_ = 0;
    Clock::time_point next_{};
  };

  /// At most so many records a second, spread over what passes. `arrived` is called on any thread when there
  /// is something to take and there was nothing; it must be quick, and may come when the viewer is gone.
  std::shared_ptr<Viewer> look(double per_second, std::function<void()> arrived);

  [[nodiscard]] bool watched() const noexcept { return watched_.load(std::memory_order_relaxed); }
  /// Of a batch of so many records, which are to be shown: rising indexes. Only if watched().
  std::vector<std::uint32_t> choose(std::size_t records, Clock::time_point now = Clock::now());
  void show(TapSample sample, Clock::time_point now = Clock::now());

  static constexpr double most_per_second = 100;
  static constexpr std::size_t most_waiting = 100;                  ///< samples of one viewer
  static constexpr std::size_t most_waiting_bytes = 1024UL * 1024;  ///< of these, but for one
  static constexpr std::size_t longest = 64UL * 1024;               ///< bytes of a record that is shown
  static constexpr std::size_t bytes_per_second = 4UL * 1024 * 1024;

 private:
  void refill(Clock::time_point now);

  std::atomic<bool> watched_{false};
  mutable std::mutex mutex_;  // guards what follows
  std::vector<Viewer*> viewers_;
  double rate_ = 0;     // the most of any viewer
  double records_ = 0;  // that may be shown now; as many as a second brings at most
  double bytes_ = 0;    // the same; below zero after much at once
  Clock::time_point filled_at_{};
  std::uint64_t turn_ = 0;
};

}  // namespace hiveframe::runtime
