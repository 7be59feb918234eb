#include "daemon/testing/test_runner.hpp"

#include <future>
#include <utility>

#include "daemon/testing/test_input.hpp"
#include "daemon/testing/test_source.hpp"
#include "pipeline/runtime/exec/pipeline.hpp"

namespace hiveframe::daemon {
namespace {

using Captured = std::shared_ptr<CapturedRecords>;

runtime::SinkSpec capture(runtime::SinkSpec sink, const Captured& captured) {
  sink.make = [captured] { return capturing_sink(captured); };
  return sink;
}

// In place of each sink one that has records made as the sink wants them, and one that keeps their trees.
std::vector<runtime::SinkSpec> stand_ins(const std::vector<runtime::SinkSpec>& sinks,
                                         const std::vector<Captured>& captured) {
  std::vector<runtime::SinkSpec> result;
  for (std::size_t i = 0; i < sinks.size(); ++i) {
    runtime::SinkSpec trying = sinks[i];
    trying.make = [make = sinks[i].make] { return trying_sink(make()); };
    result.push_back(std::move(trying));
    runtime::SinkSpec capturing = capture(sinks[i], captured[i]);
    capturing.name += " captured";
    result.push_back(std::move(capturing));
  }
  return result;
}

runtime::PipelineSpec stand_in(const runtime::PipelineSpec& pipeline, const TestInput& input,
                               const TestOutcome& outcome) {
  runtime::PipelineSpec spec = pipeline;
  spec.source = [&input] { return test_source(input); };
  spec.sinks = stand_ins(pipeline.sinks, outcome.sinks);
  spec.delivery = runtime::Delivery::at_least_once;  // the others are about what is stored, which is nothing
  spec.dead_letter.reset();
  if (spec.on_error != runtime::OnError::stop) {
    runtime::SinkSpec letters;
    letters.name = "dead_letter";
    spec.dead_letter = capture(std::move(letters), outcome.dead_letters);
    spec.on_error = runtime::OnError::dead_letter;
  }
  return spec;
}

TestOutcome empty_outcome(std::size_t sinks) {
  TestOutcome outcome;
  for (std::size_t i = 0; i < sinks; ++i)
    outcome.sinks.push_back(std::make_shared<CapturedRecords>());
  outcome.dead_letters = std::make_shared<CapturedRecords>();
  return outcome;
}

}  // namespace

TestRunner::TestRunner(std::map<std::string, std::string> environment)
    : engine_(runtime::Engine::Settings{}), environment_(std::move(environment)) {}

TestOutcome TestRunner::run(const PipelineTest& test) {
  const TestInput input = input_of(test);
  TestOutcome outcome = empty_outcome(test.pipeline.sinks.size());
  runtime::Status status = run_once(stand_in(test.pipeline, input, outcome), test);
  outcome.filtered = status.filtered;
  if (status.state != runtime::State::failed) return outcome;
  outcome.failure = status.reason;
  if (test.pipeline.on_error != runtime::OnError::stop) return outcome;

  // Which record stopped it, and why in parts, is in the letter that it would have made.
  TestOutcome again = empty_outcome(test.pipeline.sinks.size());
  runtime::PipelineSpec going_on = test.pipeline;
  going_on.on_error = runtime::OnError::drop;
  status = run_once(stand_in(going_on, input, again), test);
  if (status.state == runtime::State::failed || again.dead_letters->records().empty()) return outcome;
  outcome.failure.clear();
  outcome.dead_letters = again.dead_letters;
  outcome.dead_letters->keep_first();
  return outcome;
}

runtime::Status TestRunner::run_once(runtime::PipelineSpec pipeline, const PipelineTest& test) {
  runtime::RunOptions options;
  options.environment = variables_of(test, environment_);
  if (test.settings.now) options.wall_clock = [now = *test.settings.now] { return now; };
  runtime::Pipeline running(std::move(pipeline), std::move(options), engine_);
  // Shared: the one who sets it may still be at it when the other goes on.
  const auto ended = std::make_shared<std::promise<void>>();
  running.start([ended] { ended->set_value(); });
  ended->get_future().wait();
  return running.status();
}

std::map<std::string, std::string> variables_of(const PipelineTest& test,
                                                const std::map<std::string, std::string>& environment) {
  std::map<std::string, std::string> variables = test.settings.env;
  variables.insert(environment.begin(), environment.end());
  return variables;
}

}  // namespace hiveframe::daemon
