#include "connectors/discard/discard_sink.hpp"

#include "connectors/discard/checksum.hpp"

namespace hiveframe::connectors::discard {

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

}  // namespace hiveframe::connectors::discard
