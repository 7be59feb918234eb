// How long messages are under way: kafka_latency SERVERS FROM TO RATE SECONDS
// Writes RATE messages of some 200 bytes a second to the topic FROM, each with the time in it, and reads TO,
// which somebody else fills with them; or the same topic. The first second of what comes is let pass, then
// SECONDS of it are looked at. Prints milliseconds.
#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <vector>

#include "tests/bench/kafka_client.hpp"

namespace {

using namespace hiveframe::bench;
using Clock = std::chrono::steady_clock;

constexpr std::string_view begin_of_value = R"({"sent":)";
constexpr std::string_view end_of_value =
    R"(,"user":{"name":"Alice Smith","email":"alice@example.com"},"status":"paid")"
    R"(,"note":"deliver to the back door, ring twice please, and wait"})";
constexpr std::int64_t second = 1'000'000'000;

std::int64_t now() { return Clock::now().time_since_epoch() / std::chrono::nanoseconds(1); }

/// As many each millisecond.
void write(const char* servers, const char* topic, unsigned rate, const std::atomic<bool>& done) {
  Producer producer(servers, topic, "0");
  std::array<char, 256> value{};
  char* const number = value.data() + begin_of_value.copy(value.data(), begin_of_value.size());
  const Clock::time_point begin = Clock::now();
  std::uint64_t sent = 0;
  for (std::uint64_t ms = 1; !done; ++ms) {
    std::this_thread::sleep_until(begin + std::chrono::milliseconds(ms));
    for (; sent < ms * rate / 1000; ++sent) {
      char* end = std::to_chars(number, value.data() + value.size(), now()).ptr;
      end += end_of_value.copy(end, end_of_value.size());
      std::array<char, 24> key{};
      const char* const key_end = std::to_chars(key.data(), key.data() + key.size(), sent).ptr;
      producer.send({key.data(), static_cast<std::size_t>(key_end - key.data())},
                    {value.data(), static_cast<std::size_t>(end - value.data())}, 0);
    }
    producer.serve();
  }
}

std::int64_t sent_at(const rd_kafka_message_t& message) {
  const std::string_view value{static_cast<const char*>(message.payload), message.len};
  std::int64_t time = 0;
  if (!value.starts_with(begin_of_value) ||
      std::from_chars(value.data() + begin_of_value.size(), value.data() + value.size(), time).ec !=
          std::errc())
    fail("a message", "it has no time in it");
  return time;
}

/// Of the messages sent in so long, a second after the first came.
std::vector<std::int64_t> read(const char* servers, const char* topic, std::int64_t duration) {
  const std::string group = "latency-" + std::to_string(getpid());
  Consumer consumer(servers, topic, group.c_str(), false);
  std::vector<std::int64_t> took;
  std::int64_t begin = 0;
  for (std::int64_t at = 0; begin == 0 || at < begin + duration + second;) {
    consumer.poll(100, [&](const rd_kafka_message_t& message) {
      at = now();
      if (begin == 0) begin = at + second;
      const std::int64_t sent = sent_at(message);
      if (sent >= begin && sent < begin + duration) took.push_back(at - sent);
    });
  }
  return took;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) {
    std::fprintf(stderr, "usage: kafka_latency SERVERS FROM TO RATE SECONDS\n");
    return 2;
  }
  const unsigned rate = static_cast<unsigned>(std::strtoul(arguments[4], nullptr, 10));
  std::atomic<bool> done{false};
  std::thread writer([&] { write(arguments[1], arguments[2], rate, done); });
  std::vector<std::int64_t> took = read(arguments[1], arguments[3], std::atoll(arguments[5]) * second);
  done = true;
  writer.join();
  std::sort(took.begin(), took.end());
  const auto part = [&took](double share) {
    return static_cast<double>(took[static_cast<std::size_t>(share * static_cast<double>(took.size() - 1))]) /
           1e6;
  };
  if (took.empty()) fail("messages", "none came");
  std::printf("{\"messages\": %zu, \"p50\": %.3f, \"p99\": %.3f, \"longest\": %.3f}\n", took.size(),
              part(0.5), part(0.99), part(1));
}
