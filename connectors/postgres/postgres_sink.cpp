#include "connectors/postgres/postgres_sink.hpp"

#include <utility>

#include "connectors/postgres/table_writer.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::postgres {

PostgresSink::PostgresSink(std::shared_ptr<const SinkSettings> settings) : settings_(std::move(settings)) {}

PostgresSink::~PostgresSink() { PostgresSink::cancel(); }

pipeline::SinkTraits PostgresSink::traits() const {
  pipeline::SinkTraits traits;
  traits.gains_by_waiting = true;
  traits.batch_records = settings_->batch_size;
  for (const expr::Template& each : settings_->computed)
    traits.computed.push_back(&each);
  return traits;
}

std::string PostgresSink::identity() const {
  return shown_server(*settings_) + "/" + settings_->schema + "." +
         settings_->table->constant().value_or("tables by the record");
}

pipeline::Task<void> PostgresSink::open(pipeline::SinkContext) {
  auto open = [this] {
    if (!writer_) writer_ = std::make_unique<TableWriter>(*settings_, interrupt_);
    writer_->open();
  };
  co_await thread_.run(open);
}

pipeline::Task<std::vector<pipeline::Rejection>> PostgresSink::write(pipeline::WriteRequest& request) {
  auto write = [this, &request] { return writer_->write(request); };
  std::vector<pipeline::Rejection> rejections = co_await thread_.run(write);
  request.ack.delivered();
  co_return rejections;
}

pipeline::Task<void> PostgresSink::flush() { co_return; }

pipeline::Task<void> PostgresSink::close() {
  auto close = [this] { writer_.reset(); };
  co_await thread_.run(close);
}

}  // namespace hiveframe::connectors::postgres
