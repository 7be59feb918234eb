#include "pipeline/runtime/exec/tap.hpp"

#include <algorithm>
#include <utility>

namespace hiveframe::runtime {

std::size_t TapSample::size() const noexcept {
  std::size_t total = before.record.size() + error.size();
  for (const Step& each : steps)
    total += each.after.record.size();
  return total;
}

Tap::Viewer::Viewer(std::shared_ptr<Tap> tap, double per_second, std::function<void()> arrived)
    : tap_(std::move(tap)), per_second_(per_second), arrived_(std::move(arrived)) {}

Tap::Viewer::~Viewer() {
  const std::lock_guard lock(tap_->mutex_);
  std::erase(tap_->viewers_, this);
  tap_->rate_ = 0;
  for (const Viewer* each : tap_->viewers_)
    tap_->rate_ = std::max(tap_->rate_, each->per_second_);
  tap_->watched_ = !tap_->viewers_.empty();
}

std::vector<std::shared_ptr<const TapSample>> Tap::Viewer::take() {
  const std::lock_guard lock(tap_->mutex_);
  std::vector<std::shared_ptr<const TapSample>> taken(waiting_.begin(), waiting_.end());
  waiting_.clear();
  waiting_bytes_ = 0;
  return taken;
}

std::uint64_t Tap::Viewer::missed() const {
  const std::lock_guard lock(tap_->mutex_);
  return missed_;
}

std::shared_ptr<Tap::Viewer> Tap::look(double per_second, std::function<void()> arrived) {
  const double rate = std::clamp(per_second, 0.01, most_per_second);
  auto viewer = std::make_shared<Viewer>(shared_from_this(), rate, std::move(arrived));
  const std::lock_guard lock(mutex_);
  viewers_.push_back(viewer.get());
  rate_ = std::max(rate_, rate);
  // The first record is shown at once, however seldom they are.
  records_ = std::max(records_, 1.0);
  bytes_ = std::max(bytes_, 1.0);
  watched_ = true;
  return viewer;
}

void Tap::refill(Clock::time_point now) {
  const double seconds = std::chrono::duration<double>(now - filled_at_).count();
  filled_at_ = now;
  records_ = std::min(records_ + std::min(seconds, 1e6) * rate_, std::max(rate_, 1.0));
  const auto most = static_cast<double>(bytes_per_second);
  bytes_ = std::min(bytes_ + std::min(seconds, 1e6) * most, most);
}

std::vector<std::uint32_t> Tap::choose(std::size_t records, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  refill(now);
  if (viewers_.empty() || bytes_ <= 0 || records == 0) return {};
  const auto count = std::min(static_cast<std::size_t>(records_), records);
  records_ -= static_cast<double>(count);
  std::vector<std::uint32_t> chosen;
  // One of each of so many equal parts, not always the one at the same place.
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = i * records / count;
    const std::size_t size = (i + 1) * records / count - begin;
    chosen.push_back(static_cast<std::uint32_t>(begin + turn_++ * 7919 % size));
  }
  return chosen;
}

void Tap::show(TapSample sample, Clock::time_point now) {
  const auto shared = std::make_shared<const TapSample>(std::move(sample));
  const std::size_t size = shared->size();
  std::vector<std::function<void()>> arrived;
  {
    const std::lock_guard lock(mutex_);
    bytes_ -= static_cast<double>(size);
    for (Viewer* each : viewers_) {
      // One who wants as many as the tap lets pass gets each of them.
      const bool wants = each->per_second_ >= rate_ || now >= each->next_;
      if (!wants) continue;
      each->next_ = now + std::chrono::duration_cast<Clock::duration>(
                              std::chrono::duration<double>(1 / each->per_second_));
      const bool room =
          each->waiting_.size() < most_waiting && each->waiting_bytes_ + size <= most_waiting_bytes;
      if (!room && !each->waiting_.empty()) {
        ++each->missed_;
        continue;
      }
      if (each->waiting_.empty()) arrived.push_back(each->arrived_);
      each->waiting_.push_back(shared);
      each->waiting_bytes_ += size;
    }
  }
  for (const auto& each : arrived)
    each();
}

}  // namespace hiveframe::runtime
