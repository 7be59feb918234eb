#pragma once

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "tests/unit/pipeline/runtime/exec/fake_source.hpp"

namespace hiveframe::runtime::test {

/// What a RevokingSource is to do, and what it saw.
struct Revocation {
  std::atomic<bool> revoke{false};  ///< takes lane-0 away once it is set
  std::chrono::milliseconds time{60000};
  bool comes_back = true;  ///< when the pipeline has let go of it
  std::atomic<int> released{0};
};

/// A source of one endless lane that is taken away, and given back when the pipeline has let go of it, as a
/// broker does when its consumers are rebalanced.
class RevokingSource final : public pipeline::Source {
 public:
  RevokingSource(SourceScript& script, Revocation& revocation)
      : script_(script), revocation_(revocation), inner_(script) {}

  pipeline::SourceTraits traits() const noexcept override { return inner_.traits(); }
  std::string identity() const override { return inner_.identity(); }
  const codec::Format* format() const noexcept override { return nullptr; }
  pipeline::Task<void> open(pipeline::SourceContext context) override {
    return inner_.open(std::move(context));
  }

  pipeline::Task<pipeline::LaneEvent> next() override {
    const int step = step_++;
    if (step == 0) co_return open_lane();
    boost::asio::steady_timer poll(co_await boost::asio::this_coro::executor);
    const auto comes = [&] {
      return step == 1 ? revocation_.revoke.load() : revocation_.comes_back && revocation_.released > 0;
    };
    while (step > 2 || !comes()) {
      if (cancelled_) co_return pipeline::NoMoreLanes{};
      poll.expires_after(std::chrono::milliseconds(1));
      co_await poll.async_wait(boost::asio::use_awaitable);
    }
    if (step == 2) co_return open_lane();
    // A lane that is taken away has nothing more to wait for.
    *stop_reading_ = true;
    co_return pipeline::LaneRevoked{"lane-0", std::chrono::steady_clock::now() + revocation_.time};
  }

  pipeline::Task<void> commit(std::vector<pipeline::LanePosition> positions) override {
    return inner_.commit(std::move(positions));
  }
  void released(const std::string& lane) override {
    EXPECT_EQ(lane, "lane-0");
    ++revocation_.released;
  }
  pipeline::Task<void> close() override { co_return; }
  void cancel() noexcept override {
    cancelled_ = true;
    if (stop_reading_) *stop_reading_ = true;
  }

 private:
  pipeline::LaneEvent open_lane() {
    stop_reading_ = std::make_shared<std::atomic<bool>>(false);
    return pipeline::LaneOpened{std::make_unique<FakeLane>(script_, 0, stop_reading_)};
  }

  SourceScript& script_;
  Revocation& revocation_;
  FakeSource inner_;
  int step_ = 0;
  bool cancelled_ = false;
  std::shared_ptr<std::atomic<bool>> stop_reading_;
};

}  // namespace hiveframe::runtime::test
