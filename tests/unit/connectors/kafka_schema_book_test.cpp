// What a source knows of schemas: what its lanes ask for, what is kept, and what becomes of them while the
// registry is away.

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <gmock/gmock.h>
#include <mutex>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connectors/kafka/registry/schema_book.hpp"
#include "connectors/kafka/registry/schema_questions.hpp"
#include "tests/unit/connectors/harness.hpp"
#include "tests/unit/net/answering_socket.hpp"

namespace hiveframe::testing {
namespace {

using namespace connectors::kafka;
using codec::avro::BatchSchemas;
using net::AnsweringSocket;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string absent = "HTTP/1.1 404 Not Found\r\nContent-Length: 20\r\n\r\n{\"error_code\":40403}";
const std::string busy = "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy";
const std::string web_page = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>";

std::string schema(const std::string& type) {
  const std::string body = R"({"schema":"\")" + type + R"(\""})";
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// A registry that answers when it is told to.
class SlowRegistry {
 public:
  SlowRegistry() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_, any, size), 0);
    EXPECT_EQ(::listen(listener_, 4), 0);
    EXPECT_EQ(::getsockname(listener_, any, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~SlowRegistry() { ::close(listener_); }
  SlowRegistry(const SlowRegistry&) = delete;
  SlowRegistry& operator=(const SlowRegistry&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Waits for somebody who asks.
  [[nodiscard]] int accept() const { return ::accept(listener_, nullptr, nullptr); }
  void answer(const std::string& answer) const {
    const int connection = accept();
    std::array<char, 4096> request{};
    EXPECT_GT(::recv(connection, request.data(), request.size(), 0), 0);
    ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    ::close(connection);
  }

 private:
  int listener_;
  std::uint16_t port_ = 0;
};

template <class Server>
RegistrySettings at(const Server& server) {
  RegistrySettings settings;
  settings.registry_urls = {"http://127.0.0.1:" + std::to_string(server.port())};
  return settings;
}

/// What wakes a lane, and the lane that waits for it.
class Bell {
 public:
  std::function<void()> rings() {
    return [this] {
      const std::lock_guard lock(mutex_);
      rung_ = true;
      changed_.notify_all();
    };
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return rung_; });
    rung_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
};

/// As a lane does.
std::shared_ptr<const BatchSchemas> await(SchemaQuestions& questions, Bell& bell,
                                          const std::vector<std::uint32_t>& ids) {
  for (;;) {
    if (auto schemas = questions.find(ids)) return schemas;
    questions.check();
    bell.wait();
  }
}

TEST(KafkaSchemaBook, AsksOnceForAnIdWhoeverWantsIt) {
  const SlowRegistry server;
  const auto book = std::make_shared<SchemaBook>(at(server), nullptr);
  Bell bell;
  Bell other_bell;
  SchemaQuestions lane(book, bell.rings());
  SchemaQuestions other(book, other_bell.rings());
  EXPECT_EQ(lane.find({7}), nullptr);
  EXPECT_EQ(lane.find({7}), nullptr);
  EXPECT_EQ(other.find({7, 9}), nullptr);
  server.answer(schema("int"));
  const auto schemas = await(lane, bell, {7});
  ASSERT_TRUE(schemas->find(7));
  EXPECT_TRUE(schemas->find(7)->plan);
  EXPECT_EQ(lane.find({7}), schemas) << "the batch after it is of the same";
  EXPECT_EQ(other.find({7, 9}), nullptr);
  // Were it another question for 7, this would be its answer.
  server.answer(absent);
  const auto both = await(other, other_bell, {7, 9});
  EXPECT_TRUE(both->find(7)->plan);
  EXPECT_FALSE(both->find(9)->plan);
}

TEST(KafkaSchemaBook, WithoutIdsThereIsNothingToAsk) {
  const AnsweringSocket server(absent);
  SchemaQuestions lane(std::make_shared<SchemaBook>(at(server), nullptr), [] {});
  ASSERT_TRUE(lane.find({}));
  EXPECT_THAT(server.asked(), ElementsAre());
}

TEST(KafkaSchemaBook, TroubleIsToldOnceToEachAndThenAskedAgain) {
  const SlowRegistry server;
  const auto book = std::make_shared<SchemaBook>(at(server), nullptr);
  Bell bell;
  Bell other_bell;
  SchemaQuestions lane(book, bell.rings());
  SchemaQuestions other(book, other_bell.rings());
  EXPECT_EQ(lane.find({7}), nullptr);
  EXPECT_EQ(other.find({7}), nullptr);
  server.answer(busy);
  const std::string down = "Retryable: cannot read schema 7 from";
  EXPECT_THAT(thrown_by([&] { await(lane, bell, {7}); }), HasSubstr(down));
  EXPECT_THAT(thrown_by([&] { await(other, other_bell, {7}); }), HasSubstr(down));
  EXPECT_EQ(lane.find({7}), nullptr);
  EXPECT_EQ(other.find({7}), nullptr);
  server.answer(busy);
  EXPECT_THAT(thrown_by([&] { await(lane, bell, {7}); }), HasSubstr(down));
  EXPECT_EQ(lane.find({7}), nullptr);
  server.answer(schema("int"));
  EXPECT_TRUE(await(lane, bell, {7})->complete());
  // It had not heard of the trouble before, which is over.
  EXPECT_EQ(thrown_by([&] { await(other, other_bell, {7}); }), "");
}

TEST(KafkaSchemaBook, WhatIsNoRegistryIsFatal) {
  const AnsweringSocket server(web_page);
  Bell bell;
  SchemaQuestions lane(std::make_shared<SchemaBook>(at(server), nullptr), bell.rings());
  EXPECT_THAT(thrown_by([&] { await(lane, bell, {7}); }),
              ::testing::AllOf(HasSubstr("Fatal: "), HasSubstr("it answered 200 with '<html>'")));
}

TEST(KafkaSchemaBook, WhatWasNotThereIsAskedForAgainAfterAWhile) {
  const AnsweringSocket server(std::vector{absent, schema("int")});
  std::atomic<int> seconds{0};
  const auto clock = [&seconds] {
    return std::chrono::steady_clock::time_point(std::chrono::seconds(seconds));
  };
  const auto book = std::make_shared<SchemaBook>(at(server), nullptr, clock);
  Bell bell;
  SchemaQuestions lane(book, bell.rings());
  EXPECT_THAT(await(lane, bell, {7})->find(7)->problem, HasSubstr("is not in the registry"));
  seconds = 29;
  EXPECT_FALSE(await(lane, bell, {7})->complete());
  EXPECT_EQ(server.asked().size(), 1U);
  seconds = 30;
  EXPECT_TRUE(await(lane, bell, {7})->complete());
}

TEST(KafkaSchemaBook, ABatchMayNameMoreThanAreKept) {
  constexpr std::size_t many = SchemaBook::most_kept + 10;
  const AnsweringSocket server(std::vector(many, absent));
  const auto book = std::make_shared<SchemaBook>(at(server), nullptr);
  Bell bell;
  SchemaQuestions lane(book, bell.rings());
  std::vector<std::uint32_t> ids;
  for (std::uint32_t id = 1; id <= many; ++id)
    ids.push_back(id);
  const auto schemas = await(lane, bell, ids);
  EXPECT_TRUE(schemas->find(1));
  EXPECT_TRUE(schemas->find(many));
  EXPECT_EQ(server.asked().size(), many);
  EXPECT_FALSE(book->known(1)) << "the one that was not used longest";
  EXPECT_TRUE(book->known(many));
}

TEST(KafkaSchemaBook, WhatIsCancelledIsToldAndAllThatFollows) {
  const SlowRegistry server;
  const auto book = std::make_shared<SchemaBook>(at(server), nullptr);
  Bell bell;
  SchemaQuestions lane(book, bell.rings());
  EXPECT_EQ(lane.find({7}), nullptr);
  const int connection = server.accept();
  const auto began = std::chrono::steady_clock::now();
  book->cancel();
  EXPECT_THAT(thrown_by([&] { await(lane, bell, {7}); }), HasSubstr("it was stopped"));
  EXPECT_THAT(thrown_by([&] { await(lane, bell, {8}); }), HasSubstr("it was stopped"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  ::close(connection);
}

}  // namespace
}  // namespace hiveframe::testing
