#pragma once

#include <gtest/gtest.h>

#include "tests/unit/pipeline/runtime/exec/log_capture.hpp"
#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {

class CountsTest : public PipelineTest {
 protected:
  /// Of a pipeline with one sink that has ended.
  void expect_all_accounted_for(const Status& status) const {
    EXPECT_EQ(status.read,
              status.filtered + status.rejected + status.sinks[0].written + status.abandoned + status.lost)
        << "filtered " << status.filtered << ", rejected " << status.rejected << ", written "
        << status.sinks[0].written << ", abandoned " << status.abandoned << ", lost " << status.lost;
    std::uint64_t by_stage = 0;
    for (const RejectedStatus& each : status.rejected_by)
      by_stage += each.records;
    EXPECT_EQ(by_stage, status.rejected);
  }
  void expect_written(const Status& status) const {
    EXPECT_EQ(status.sinks[0].written, sink_.received.size());
  }
  void filter_every_third() {
    add_transform(pipeline::Verdict::drop, [](std::int64_t id) { return id % 3 == 0; });
  }

  LogCapture log_;
};

}  // namespace hiveframe::runtime::test
