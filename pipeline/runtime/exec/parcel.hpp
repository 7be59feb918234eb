#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "pipeline/record/data_error.hpp"
#include "pipeline/record/slice.hpp"
#include "pipeline/runtime/exec/ticket.hpp"
#include "pipeline/runtime/flow/tracker.hpp"
#include "pipeline/sink.hpp"

namespace hiveframe::runtime {

/// What a lane sends to a sink: some of its records, the duty to make them durable, and whose they are.
struct Parcel {
  record::Slice slice;
  std::shared_ptr<Ticket> ticket;
  pipeline::Ack ack;  ///< one part of the ticket
  std::size_t lane = 0;
  Epoch epoch = 0;
  /// The lane's epoch now: a parcel of an older one is dropped unwritten.
  std::shared_ptr<const Epoch> current_epoch;
  /// Where the lane goes on after these records. Only for sinks that store it with them.
  pipeline::Position end;

  [[nodiscard]] bool stale() const noexcept { return current_epoch && *current_epoch != epoch; }

  /// Another parcel of the same batch, with a part of its own of the same ticket.
  [[nodiscard]] Parcel with(record::Slice other, pipeline::Position other_end) const {
    return {std::move(other), ticket, ticket->part(), lane, epoch, current_epoch, std::move(other_end)};
  }
};

/// A record that a sink refused; what a source could not take in is a pipeline::RefusedRecord.
struct SinkRefusal {
  Parcel parcel;  ///< with that one record, and a part of the ticket that keeps it open
  record::DataError error;
  std::string sink;
  std::uint32_t attempts = 1;  ///< see Request::attempts()
};

}  // namespace hiveframe::runtime
