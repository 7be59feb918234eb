#include "connectors/stdio/stdout_sink.hpp"

#include "config/option_table.hpp"
#include "connectors/stdio/output.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/codec/option_types.hpp"
#include "pipeline/connector_kind.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::stdio {
namespace {

const config::OptionTable<SinkSettings>& sink_options() {
  static const config::OptionTable<SinkSettings> table = [] {
    config::OptionTable<SinkSettings> t("stdout sink", "stdout", "Writes to standard output");
    t.add("format", &SinkSettings::format, codec::format_type()).help("What to write").default_note("ndjson");
    t.uri({.words = {"stdout", "-"}}, "stdout");
    t.check([](SinkSettings& s, const config::GivenOptions&, config::Reader&) {
      if (s.format == nullptr) s.format = codec::find_format("ndjson");
    });
    return t;
  }();
  return table;
}

}  // namespace

StdoutSink::StdoutSink(SinkSettings settings, int descriptor)
    : settings_(settings), descriptor_(descriptor) {}

StdoutSink::~StdoutSink() { interrupt_.raise(); }

pipeline::SinkTraits StdoutSink::traits() const {
  pipeline::SinkTraits traits;
  traits.format = settings_.format;
  return traits;
}

pipeline::Task<void> StdoutSink::open(pipeline::SinkContext /*context*/) {
  output_ = std::make_unique<Output>(descriptor_, "standard output", interrupt_);
  co_return;
}

pipeline::Task<std::vector<pipeline::Rejection>> StdoutSink::write(pipeline::WriteRequest& request) {
  pipeline::GatherList records(settings_.format->delimiter);
  for (const record::Slice& slice : request.slices) {
    for (const std::string_view run : slice.runs())
      records.add_raw(run);
    for (std::size_t i = 0; slice.runs().empty() && i < slice.size(); ++i)
      records.add(slice.encoded(i));
  }
  auto work = [this, &records] {
    try {
      output_->write(records.runs());
    } catch (const pipeline::Interrupted&) {
      throw pipeline::Retryable(
          {"write to", "standard output", "it was stopped while its reader was waited for", ""});
    }
  };
  co_await thread_.run(work);
  request.ack.delivered();
  co_return std::vector<pipeline::Rejection>();
}

pipeline::Task<void> StdoutSink::flush() { co_return; }

pipeline::Task<void> StdoutSink::close() {
  output_.reset();
  co_return;
}

pipeline::SinkKind sink_kind() {
  pipeline::SinkKind kind = pipeline::sink_kind_of<StdoutSink>(sink_options());
  kind.not_transactional = "standard output cannot take part in a commit";
  kind.standard_output = true;
  return kind;
}

}  // namespace hiveframe::connectors::stdio
