#pragma once

#include <vector>

#include "daemon/testing/captured_records.hpp"
#include "daemon/testing/complaint.hpp"
#include "daemon/testing/pipeline_test.hpp"

namespace hiveframe::daemon {

/// Compares dead letters with those that the test expects, in order, and adds what is wrong.
void match_letters(const PipelineTest& test, const std::vector<CapturedRecord>& letters,
                   Complaint& complaint);

}  // namespace hiveframe::daemon
