#include "pipeline/runtime/exec/waiting_line.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <vector>

namespace hiveframe::runtime::test {
namespace {

using ::testing::ElementsAre;

class WaitingLineTest : public ::testing::Test {
 protected:
  /// Somebody who waits, takes the room, and is noted in `served`.
  void come(int who) { boost::asio::co_spawn(context_, take_room(who), boost::asio::detached); }
  void run() {
    context_.restart();
    context_.poll();
  }
  void make_room() {
    ++room_;
    line_.wake_first();
    run();
  }

  boost::asio::io_context context_;
  WaitingLine line_;
  int room_ = 0;
  std::set<int> given_up_;
  std::size_t looks_ = 0;  ///< how often anybody looked whether there is room
  std::vector<int> served_;
  std::vector<int> gone_;

 private:
  pipeline::Task<void> take_room(int who) {
    const std::function<bool()> has_room = [this] {
      ++looks_;
      return room_ > 0;
    };
    const std::function<bool()> given_up = [this, who] { return given_up_.count(who) != 0; };
    co_await line_.wait(has_room, given_up);
    if (given_up()) {
      gone_.push_back(who);
    } else {
      --room_;
      served_.push_back(who);
    }
  }
};

TEST_F(WaitingLineTest, WhoFindsRoomDoesNotWait) {
  room_ = 1;
  come(1);
  run();
  EXPECT_THAT(served_, ElementsAre(1));
}

TEST_F(WaitingLineTest, FirstComeFirstServed) {
  for (const int who : {1, 2, 3})
    come(who);
  run();
  make_room();
  EXPECT_THAT(served_, ElementsAre(1));
  // Who comes now finds room, but others were before.
  room_ = 1;
  come(4);
  run();
  EXPECT_THAT(served_, ElementsAre(1));
  line_.wake_first();
  run();
  make_room();
  make_room();
  EXPECT_THAT(served_, ElementsAre(1, 2, 3, 4));
}

TEST_F(WaitingLineTest, RoomForSeveralReachesSeveralByOneCall) {
  for (const int who : {1, 2, 3})
    come(who);
  run();
  room_ = 2;
  line_.wake_first();
  run();
  EXPECT_THAT(served_, ElementsAre(1, 2));
  make_room();
  EXPECT_THAT(served_, ElementsAre(1, 2, 3));
}

TEST_F(WaitingLineTest, WhoGivesUpLetsTheOthersThrough) {
  for (const int who : {1, 2, 3})
    come(who);
  run();
  given_up_ = {1, 3};
  line_.wake_all();
  run();
  EXPECT_THAT(gone_, ElementsAre(1, 3));
  make_room();
  EXPECT_THAT(served_, ElementsAre(2));
}

TEST_F(WaitingLineTest, WhoGivesUpUnseenLetsTheOthersThroughWhenItIsItsTurn) {
  for (const int who : {1, 2})
    come(who);
  run();
  given_up_ = {1};
  make_room();
  EXPECT_THAT(gone_, ElementsAre(1));
  EXPECT_THAT(served_, ElementsAre(2));
}

TEST_F(WaitingLineTest, RoomForOneIsLookedAtByFewHoweverManyWait) {
  constexpr int many = 2000;
  for (int who = 0; who < many; ++who)
    come(who);
  run();
  for (int i = 0; i < many; ++i)
    make_room();
  EXPECT_EQ(served_.size(), static_cast<std::size_t>(many));
  EXPECT_LT(looks_, 4u * many);
}

}  // namespace
}  // namespace hiveframe::runtime::test
