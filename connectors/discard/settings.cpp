#include "connectors/discard/settings.hpp"

#include "config/option_table.hpp"
#include "connectors/discard/discard_sink.hpp"
#include "pipeline/connector_kind.hpp"

namespace hiveframe::connectors::discard {
namespace {

const config::OptionTable<SinkSettings>& sink_options() {
  static const config::OptionTable<SinkSettings> table = [] {
    config::OptionTable<SinkSettings> t("discard sink", "discard", "Takes every record and keeps none");
    t.add("touch", &SinkSettings::touch, config::choice<Touch>({{"none", Touch::none}, {"all", Touch::all}}))
        .help(
            "What is read of a record before it is dropped; all decodes every field into a checksum, for "
            "benchmarks");
    t.uri({.words = {"discard"}}, "discard");
    return t;
  }();
  return table;
}

}  // namespace

pipeline::SinkKind sink_kind() {
  pipeline::SinkKind kind = pipeline::sink_kind_of<DiscardSink>(sink_options());
  kind.not_transactional = "what is discarded cannot be committed with its positions";
  return kind;
}

}  // namespace hiveframe::connectors::discard
