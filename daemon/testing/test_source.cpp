#include "daemon/testing/test_source.hpp"

#include <utility>

#include "daemon/testing/test_lanes.hpp"

namespace hiveframe::daemon {
namespace {

using pipeline::Task;

class TestSource final : public pipeline::Source {
 public:
  explicit TestSource(const TestInput& input) : input_(input) {}

  pipeline::SourceTraits traits() const noexcept override {
    return {.replayable = true, .keeps_position = false};
  }
  std::string identity() const override { return "a test"; }
  const codec::Format* format() const noexcept override { return input_.format; }
  Task<void> open(pipeline::SourceContext /*context*/) override { co_return; }
  Task<pipeline::LaneEvent> next() override {
    if (given_) co_return pipeline::LaneEvent(pipeline::NoMoreLanes{});
    given_ = true;
    std::unique_ptr<pipeline::Lane> lane = input_.text ? text_lane(input_) : records_lane(input_);
    co_return pipeline::LaneEvent(pipeline::LaneOpened{std::move(lane)});
  }
  Task<void> close() override { co_return; }
  void cancel() noexcept override {}  // nothing ever waits

 private:
  const TestInput& input_;
  bool given_ = false;
};

}  // namespace

std::unique_ptr<pipeline::Source> test_source(const TestInput& input) {
  return std::make_unique<TestSource>(input);
}

}  // namespace hiveframe::daemon
