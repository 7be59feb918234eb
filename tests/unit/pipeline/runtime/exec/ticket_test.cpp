#include "pipeline/runtime/exec/ticket.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <optional>
#include <thread>
#include <vector>

namespace hiveframe::runtime::test {
namespace {

class TicketTest : public ::testing::Test {
 protected:
  std::shared_ptr<Ticket> ticket() {
    return std::make_shared<Ticket>(strand_.get_executor(), nullptr, [this](bool delivered) {
      EXPECT_FALSE(settled_) << "settled twice";
      settled_ = delivered;
    });
  }

  boost::asio::io_context strand_;
  std::optional<bool> settled_;
};

TEST_F(TicketTest, IsDeliveredWhenEveryPartIs) {
  const auto made = ticket();
  pipeline::Ack first = made->first_part();
  pipeline::Ack second = made->part();
  first.delivered();
  strand_.poll();
  EXPECT_FALSE(settled_);
  second.delivered();
  EXPECT_FALSE(settled_) << "only on the strand";
  strand_.restart();
  strand_.poll();
  EXPECT_EQ(settled_, true);
}

TEST_F(TicketTest, APartDestroyedUnsaidAbandonsTheWhole) {
  const auto made = ticket();
  pipeline::Ack first = made->first_part();
  { const pipeline::Ack lost = made->part(); }
  pipeline::Ack third = made->part();
  third.delivered();
  first.delivered();
  strand_.poll();
  EXPECT_EQ(settled_, false);
}

TEST_F(TicketTest, APartSaidAndThenDestroyedCountsOnce) {
  const auto made = ticket();
  pipeline::Ack guard = made->first_part();
  {
    pipeline::Ack part = made->part();
    part.delivered();
    part.delivered();
    const pipeline::Ack moved = std::move(part);
  }
  strand_.poll();
  EXPECT_FALSE(settled_);
  guard.delivered();
  strand_.restart();
  strand_.poll();
  EXPECT_EQ(settled_, true);
}

TEST_F(TicketTest, OneAckMayStandForManyTickets) {
  const auto made = ticket();
  bool other_delivered = false;
  const auto other = std::make_shared<Ticket>(
      strand_.get_executor(), nullptr, [&other_delivered](bool delivered) { other_delivered = delivered; });
  pipeline::Ack both = made->first_part();
  both.join(other->first_part());
  both.delivered();
  strand_.poll();
  EXPECT_EQ(settled_, true);
  EXPECT_TRUE(other_delivered);
}

TEST_F(TicketTest, AnAckThatIsAssignedOverIsAbandoned) {
  const auto made = ticket();
  pipeline::Ack ack = made->first_part();
  ack = pipeline::Ack();
  strand_.poll();
  EXPECT_EQ(settled_, false);
}

TEST_F(TicketTest, PartsSettledOnManyThreadsSettleItOnce) {
  for (int round = 0; round < 200; ++round) {
    settled_.reset();
    const auto made = ticket();
    pipeline::Ack guard = made->first_part();
    std::vector<pipeline::Ack> parts;
    for (int i = 0; i < 4; ++i)
      parts.push_back(made->part());
    const bool one_is_lost = round % 2 == 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&parts, i, one_is_lost] {
        pipeline::Ack mine = std::move(parts[static_cast<std::size_t>(i)]);
        if (i != 2 || !one_is_lost) mine.delivered();
      });
    }
    guard.delivered();
    for (std::thread& thread : threads)
      thread.join();
    strand_.restart();
    strand_.poll();
    ASSERT_EQ(settled_, !one_is_lost);
  }
}

}  // namespace
}  // namespace hiveframe::runtime::test
