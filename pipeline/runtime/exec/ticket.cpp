#include "pipeline/runtime/exec/ticket.hpp"

#include <boost/asio/post.hpp>

namespace hiveframe::runtime {

void Ticket::settle(bool delivered) noexcept {
  if (!delivered) abandoned_.store(true, std::memory_order_relaxed);
  // acq_rel: the last part sees what every other part wrote before it settled, `abandoned_` included.
  if (open_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const bool all = !abandoned_.load(std::memory_order_relaxed);
  boost::asio::post(strand_, [settled = std::move(settled_), all] { settled(all); });
}

}  // namespace hiveframe::runtime
