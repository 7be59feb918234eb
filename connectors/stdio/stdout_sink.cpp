#include "connectors/stdio/stdout_sink.hpp"

#include "connectors/stdio/output.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::stdio {

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
  if (!begun_) records.add_raw(settings_.format->preamble);
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
  begun_ = true;
  request.ack.delivered();
  co_return std::vector<pipeline::Rejection>();
}

pipeline::Task<void> StdoutSink::flush() { co_return; }

pipeline::Task<void> StdoutSink::close() {
  output_.reset();
  co_return;
}

}  // namespace hiveframe::connectors::stdio
