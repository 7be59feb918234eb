#pragma once

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {

class LaneTest : public PipelineTest {
 protected:
  std::vector<Received> unique_received() const {
    std::vector<Received> received = sorted(sink_.received);
    received.erase(std::unique(received.begin(), received.end()), received.end());
    return received;
  }
};

}  // namespace hiveframe::runtime::test
