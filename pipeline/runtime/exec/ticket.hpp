#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "pipeline/ack.hpp"

namespace hiveframe::runtime {

class BatchTally;

/// Everything that must become durable before one batch is done: one part for each slice and sink, and for
/// each dead letter. It is settled when all parts are: delivered if every one was, else abandoned.
/// Shared by the acks of its parts and whoever may add parts; parts are settled on any thread.
class Ticket final : public pipeline::AckTarget, public std::enable_shared_from_this<Ticket> {
 public:
  /// `settled` is called once, on the strand. The ticket begins with one part, held by its maker, who
  /// must take it with first_part() and keep it until all others are made.
  /// `tally`: where what becomes of the batch is counted.
  Ticket(boost::asio::any_io_executor strand, std::shared_ptr<BatchTally> tally,
         std::function<void(bool delivered)> settled)
      : strand_(std::move(strand)), tally_(std::move(tally)), settled_(std::move(settled)) {}

  /// The part that the ticket begins with. Once.
  pipeline::Ack first_part() { return pipeline::Ack(shared_from_this()); }
  /// One more part. Only while another one is open.
  pipeline::Ack part() {
    open_.fetch_add(1, std::memory_order_relaxed);
    return pipeline::Ack(shared_from_this());
  }
  [[nodiscard]] const std::shared_ptr<BatchTally>& tally() const noexcept { return tally_; }

  void settle(bool delivered) noexcept override;

 private:
  boost::asio::any_io_executor strand_;
  const std::shared_ptr<BatchTally> tally_;
  std::function<void(bool)> settled_;
  std::atomic<int> open_{1};
  std::atomic<bool> abandoned_{false};
};

}  // namespace hiveframe::runtime
