#include "tests/connectors/ledger/settings.hpp"

#include "config/option_table.hpp"
#include "pipeline/connector_kind.hpp"
#include "pipeline/expr/option_types.hpp"
#include "tests/connectors/ledger/ledger_sink.hpp"
#include "tests/connectors/record_id.hpp"

namespace hiveframe::connectors::ledger {

using namespace config;
using namespace std::chrono_literals;

const OptionTable<Settings>& sink_options() {
  static const OptionTable<Settings> table = [] {
    using S = Settings;
    OptionTable<S> t("ledger sink", "ledger",
                     "Commits records and positions together, in an SQLite database");
    t.add("path", &S::path, path())
        .required()
        .help("The database, which is made if it is missing")
        .example("/tmp/ledger.db");
    t.add("id", &S::id, expr::template_type())
        .help("What a row is known by; nothing keeps it from being there twice")
        .default_note("record.id");
    t.add("reject", &S::reject, integer(0))
        .help("Refuses a whole request that holds an id divisible by it, and does not say which; 0: none");
    t.add("lose_answer", &S::lose_answer, integer(0))
        .help("Every so many commits one happens and is said to have an unknown outcome; 0: none");
    t.add("delay_ms", &S::delay, millis(0ms))
        .help("Time that each write takes before its transaction begins");
    t.uri({.words = {"ledger"}}, "ledger");
    t.check([](S& s, const GivenOptions&, Reader&) {
      if (!s.id) s.id = record_id();
    });
    return t;
  }();
  return table;
}

pipeline::SinkKind sink_kind() { return pipeline::sink_kind_of<LedgerSink>(sink_options()); }

}  // namespace hiveframe::connectors::ledger
