#include "daemon/testing/judgement.hpp"

#include "daemon/testing/letter_match.hpp"
#include "daemon/testing/record_match.hpp"

namespace hiveframe::daemon {
namespace {

using Role = ComplaintLine::Role;

void judge_filtered(const PipelineTest& test, const TestOutcome& outcome, Complaint& complaint) {
  if (!test.settings.filtered) return;
  const auto expected = static_cast<std::uint64_t>(*test.settings.filtered);
  if (expected == outcome.filtered) return;
  complaint.push_back({Role::heading, "filtered:"});
  complaint.push_back({Role::expected, "  expected " + std::to_string(expected)});
  complaint.push_back({Role::got, "  got      " + std::to_string(outcome.filtered)});
}

}  // namespace

Complaint judge(const PipelineTest& test, const TestOutcome& outcome,
                const std::map<std::string, std::string>& env) {
  Complaint complaint;
  if (!outcome.failure.empty()) {
    complaint.emplace_back(Role::heading, "the pipeline failed:");
    complaint.push_back({Role::got, "  " + outcome.failure});
  }
  // First: a bad record is why others are missing.
  match_letters(test, outcome.dead_letters->records(), complaint);
  const RecordMatch match(env, complaint);
  for (std::size_t i = 0; i < test.sinks.size(); ++i) {
    match.match((*test.settings.expect)[i], test.pipeline.sinks[test.sinks[i]].name,
                outcome.sinks[test.sinks[i]]->records());
  }
  judge_filtered(test, outcome, complaint);
  return complaint;
}

}  // namespace hiveframe::daemon
