#include "daemon/manager/sink_keys.hpp"

#include "config/option_table.hpp"
#include "pipeline/expr/option_types.hpp"

namespace hiveframe::daemon {
namespace {

using namespace config;

const OptionTable<SinkKeys>& sink_key_options() {
  static const OptionTable<SinkKeys> table = [] {
    OptionTable<SinkKeys> t("sink", "", "What every sink may have beside its connector's options");
    t.add("when", &SinkKeys::when, expr::condition_type())
        .help("Only records for which this is true go to the sink")
        .example("record.country == 'DE'");
    return t;
  }();
  return table;
}

}  // namespace

const TableInfo& sink_keys() { return sink_key_options().info(); }

std::optional<SinkKeys> read_sink_keys(const GivenOptions& given, Reader& reader) {
  return sink_key_options().read(given, reader);
}

}  // namespace hiveframe::daemon
