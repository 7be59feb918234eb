#include "tests/connectors/faulty/settings.hpp"

#include "config/option_table.hpp"
#include "pipeline/connector_kind.hpp"
#include "pipeline/expr/option_types.hpp"
#include "tests/connectors/faulty/faulty_sink.hpp"
#include "tests/connectors/record_id.hpp"

namespace hiveframe::connectors::faulty {

using namespace config;
using namespace std::chrono_literals;

const OptionTable<Settings>& sink_options() {
  static const OptionTable<Settings> table = [] {
    using S = Settings;
    OptionTable<S> t("faulty sink", "faulty", "Writes ndjson, and fails as it is told");
    t.add("path", &S::path, path())
        .required()
        .help("The file that lines are appended to")
        .example("/tmp/out.ndjson");
    t.add("events", &S::events, path())
        .help("A file that gets a line for each fault: its name, and the records written before it")
        .example("/tmp/events");
    t.add("id", &S::id, expr::template_type())
        .help("What the options that pick records count by: a whole number, or the record is never picked")
        .default_note("record.id");
    t.add("fail_every", &S::fail_every, integer(0))
        .help("Every so many writes one fails and has written nothing; 0: none");
    t.add("reject", &S::reject, integer(0)).help("Refuses records whose id is divisible by it; 0: none");
    t.add("refuse_batch", &S::refuse_batch, integer(0))
        .help("Refuses a whole request that holds an id divisible by it, and does not say which; 0: none");
    t.add("stall_after", &S::stall_after, integer(0))
        .help("Stands still when so many records are written; 0: never");
    t.add("stalls", &S::stalls, integer(1))
        .help("How often it stands still: each time when 'stall_after' more records are written");
    t.add("stall_ms", &S::stall, millis(0ms))
        .help("How long it stands still")
        .default_note("until it is stopped");
    t.add("ignore_cancel", &S::ignore_cancel, boolean())
        .help("Stands still for good, and does not return when it is stopped either");
    t.add("delay_ms", &S::delay, millis(0ms)).help("Time that each write takes");
    t.add("faults_from", &S::faults_from, integer(0))
        .help("Writes neither fail nor take time before so many records are written");
    t.add("faults_until", &S::faults_until, integer(0)).help("Nor when so many are written; 0: they go on");
    t.add("ack", &S::ack, choice<AckAt>({{"write", AckAt::write}, {"flush", AckAt::flush}}))
        .help("When it says that records are durable");
    t.uri({.words = {"faulty"}}, "faulty");
    t.check([](S& s, const GivenOptions& given, Reader& reader) {
      if (s.stall && s.stall_after == 0)
        reader.error(given.span("stall_ms"), "'stall_ms' without 'stall_after'", "say when it stands still");
      if (s.stalls > 1 && !s.stall)
        reader.error(given.span("stalls"), "'stalls' without 'stall_ms'", "say how long it stands still");
      if (s.faults_until != 0 && s.faults_until <= s.faults_from)
        reader.error(given.span("faults_until"), "'faults_until' is not more than 'faults_from'",
                     "say a later end");
      if (s.ignore_cancel && (s.stall_after == 0 || s.stall))
        reader.error(given.span("ignore_cancel"), "'ignore_cancel' without 'stall_after', or with 'stall_ms'",
                     "say when it stands still, for good");
      if (!s.id) s.id = record_id();
    });
    return t;
  }();
  return table;
}

pipeline::SinkKind sink_kind() {
  pipeline::SinkKind kind = pipeline::sink_kind_of<FaultySink>(sink_options());
  kind.not_transactional = "it appends and cannot commit positions";
  return kind;
}

}  // namespace hiveframe::connectors::faulty
