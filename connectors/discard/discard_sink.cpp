#include "connectors/discard/discard_sink.hpp"

#include "config/option_table.hpp"
#include "connectors/discard/checksum.hpp"
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

pipeline::SinkTraits DiscardSink::traits() const { return {}; }

pipeline::Task<void> DiscardSink::open(pipeline::SinkContext /*context*/) { co_return; }

pipeline::Task<std::vector<pipeline::Rejection>> DiscardSink::write(pipeline::WriteRequest& request) {
  if (settings_.touch == Touch::all) {
    for (const record::Slice& slice : request.slices) {
      for (std::size_t i = 0; i < slice.size(); ++i)
        checksum_ = discard::checksum(slice[i].value, checksum_);
    }
  }
  request.ack.delivered();
  co_return std::vector<pipeline::Rejection>();
}

pipeline::Task<void> DiscardSink::flush() { co_return; }

pipeline::Task<void> DiscardSink::close() { co_return; }

pipeline::SinkKind sink_kind() {
  pipeline::SinkKind kind = pipeline::sink_kind_of<DiscardSink>(sink_options());
  kind.not_transactional = "what is discarded cannot be committed with its positions";
  return kind;
}

}  // namespace hiveframe::connectors::discard
