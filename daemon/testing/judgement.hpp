#pragma once

#include <map>
#include <string>

#include "daemon/testing/complaint.hpp"
#include "daemon/testing/pipeline_test.hpp"
#include "daemon/testing/test_runner.hpp"

namespace hiveframe::daemon {

/// What is other than the test expects. `env` is what its expressions see.
Complaint judge(const PipelineTest& test, const TestOutcome& outcome,
                const std::map<std::string, std::string>& env);

}  // namespace hiveframe::daemon
