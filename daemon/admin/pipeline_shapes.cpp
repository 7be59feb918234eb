#include "daemon/admin/pipeline_shapes.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "daemon/admin/described.hpp"

namespace hiveframe::daemon {

// Found by argument-dependent lookup where it stands beside the type it tells of.
const Described<Rate>& described(const Rate*) {
  static const Described<Rate> described(
      "Rate", shown<Rate>("records_read", &Rate::records_read, "Records read in a second"),
      shown<Rate>("bytes_read", &Rate::bytes_read, "Bytes of these"),
      shown<Rate>("records_written", &Rate::records_written,
                  "Records written in a second; of several sinks, by the one that took the most"));
  return described;
}

const Described<PipelineError>& described(const PipelineError*) {
  static const Described<PipelineError> described(
      "PipelineError", shown<PipelineError>("time", &PipelineError::time, "When it came last"),
      shown<PipelineError>("message", &PipelineError::message),
      shown<PipelineError>("times", &PipelineError::times, "How often it came in a row"));
  return described;
}

}  // namespace hiveframe::daemon

namespace hiveframe::runtime {

using daemon::Described;
using daemon::shown;

const Described<SinkStatus>& described(const SinkStatus*) {
  using S = SinkStatus;
  static const Described<S> described(
      "Sink", shown<S>("name", &S::name), shown<S>("to", &S::display, "Its address, without secrets"),
      shown<S>("written", &S::written, "Records that it has taken"),
      shown<S>("bytes", &S::bytes, "Bytes of these, encoded, without what a format puts between them"),
      shown<S>("rejected", &S::rejected, "Records that it refused"),
      shown<S>("retries", &S::retries, "Attempts that followed a failed one"),
      shown<S>("flushes", &S::flushes, "Times that it was told to make durable what it took"),
      shown<S>("queued", &S::queued, "Parts of batches that wait for it"));
  return described;
}

const Described<RejectedStatus>& described(const RejectedStatus*) {
  using R = RejectedStatus;
  static const Described<R> described("Rejected", shown<R>("stage", &R::stage), shown<R>("error", &R::error),
                                      shown<R>("records", &R::records));
  return described;
}

const Described<LaneStatus>& described(const LaneStatus*) {
  using L = LaneStatus;
  static const Described<L> described("Lane", shown<L>("id", &L::id),
                                      shown<L>("position", &L::position, "Up to where it is durable"),
                                      shown<L>("ended", &L::ended, "Its source has no more"));
  return described;
}

const Described<Status>& described(const Status*) {
  using S = Status;
  static const Described<S> described(
      "Run", shown<S>("read", &S::read, "Records read"), shown<S>("bytes", &S::read_bytes, "Bytes of these"),
      shown<S>("expected_bytes", &S::expected_bytes, "Bytes that the source has, where it knows"),
      shown<S>("filtered", &S::filtered, "Dropped by a transform, or taken by no sink"),
      shown<S>("rejected", &S::rejected, "Bad records"), shown<S>("rejected_by", &S::rejected_by),
      shown<S>("dead_letters", &S::dead_letters, "Dead letters that are durable"),
      shown<S>("retries", &S::retries), shown<S>("rewinds", &S::rewinds),
      shown<S>("repeated", &S::repeated, "Records delivered again after a rewind"),
      shown<S>("abandoned", &S::abandoned, "Not delivered, and read again by the next run"),
      shown<S>("lost", &S::lost, "Not delivered, and not read again"),
      shown<S>("memory", &S::memory, "Bytes of records in flight"), shown<S>("sinks", &S::sinks),
      shown<S>("lanes", &S::lanes, "At most the first hundred"));
  return described;
}

}  // namespace hiveframe::runtime

namespace hiveframe::daemon {
namespace {

std::vector<std::string> sinks_of(const PipelineView& view) {
  std::vector<std::string> sinks;
  for (const runtime::SinkSpec& each : view.configuration->spec.sinks)
    sinks.push_back(each.display);
  return sinks;
}

std::uint64_t written_of(const PipelineView& view) {
  std::uint64_t most = 0;
  for (const runtime::SinkStatus& each :
       view.status ? view.status->sinks : std::vector<runtime::SinkStatus>())
    most = std::max(most, each.written);
  return most;
}

std::optional<std::string> if_any(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

/// Members that the list and the details have in common.
template <typename T, typename Build>
auto with_summary(Build build) {
  return build(
      shown<T>("name", [](const T& t) { return t.view.name; }),
      shown_choice<T>("state", state_words(), [](const T& t) { return to_string(t.view.state); }),
      shown<T>(
          "reason", [](const T& t) { return if_any(t.view.reason); },
          "Why it is in this state, where there is more to say"),
      shown<T>(
          "since", [](const T& t) { return t.view.since; },
          "When it was started, told to drain, or came to rest"),
      shown<T>(
          "source", [](const T& t) { return t.view.configuration->spec.source_display; },
          "Its address, without secrets"),
      shown<T>(
          "sinks", [](const T& t) { return sinks_of(t.view); }, "Their addresses"),
      shown<T>(
          "restarts", [](const T& t) { return t.view.restarts; },
          "Runs that followed a failure by themselves"),
      shown<T>(
          "read", [](const T& t) { return t.view.status ? t.view.status->read : 0; },
          "Records read by the current run, or the last one"),
      shown<T>(
          "written", [](const T& t) { return written_of(t.view); },
          "Records written by it; of several sinks, by the one that took the most"),
      shown<T>(
          "rejected", [](const T& t) { return t.view.status ? t.view.status->rejected : 0; }, "Bad records"),
      shown<T>("rate", [](const T& t) { return t.rate; }));
}

}  // namespace

std::vector<std::string> state_words() {
  std::vector<std::string> words;
  for (const PipelineState each : {PipelineState::starting, PipelineState::running, PipelineState::degraded,
                                   PipelineState::draining, PipelineState::paused, PipelineState::backing_off,
                                   PipelineState::finished, PipelineState::failed, PipelineState::stopped})
    words.emplace_back(to_string(each));
  return words;
}

const Described<PipelineSummary>& described(const PipelineSummary*) {
  static const Described<PipelineSummary> described = with_summary<PipelineSummary>(
      [](auto... members) { return Described<PipelineSummary>("PipelineSummary", std::move(members)...); });
  return described;
}

const Described<PipelineDetails>& described(const PipelineDetails*) {
  using D = PipelineDetails;
  static const Described<D> described = with_summary<D>([](auto... members) {
    return Described<D>(
        "Pipeline", std::move(members)...,
        shown<D>("file", [](const D& d) { return d.view.configuration->file; }),
        shown<D>(
            "starts", [](const D& d) { return d.view.starts; }, "Runs so far, with the current one"),
        shown<D>(
            "restarts_at", [](const D& d) { return d.view.restarts_at; },
            "When it is started again after a failure"),
        shown<D>(
            "letters_replayed", [](const D& d) { return d.view.letters_replayed; },
            "Dead letters, since the daemon was started"),
        shown<D>(
            "letters_discarded", [](const D& d) { return d.view.letters_discarded; }, "The same"),
        shown<D>(
            "last_errors", [](const D& d) { return d.view.last_errors; }, "The oldest first"),
        shown<D>(
            "left_behind", [](const D& d) { return d.view.left_behind; },
            "What earlier runs asked of the world and still wait for"),
        shown<D>(
            "run", [](const D& d) { return d.view.status; }, "The current run, or the last one"),
        shown<D>(
            "configuration", [](const D& d) { return d.view.configuration->text; },
            "The YAML in force, *** for secrets"));
  });
  return described;
}

}  // namespace hiveframe::daemon
