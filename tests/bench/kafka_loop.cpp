// What one thread can do with librdkafka when nothing is in its way: what the daemon's kafka connectors are
// measured against. Of orders.cpp's records, which have their number as key.
//   kafka_loop write   SERVERS TOPIC FILE               writes the lines of a file
//   kafka_loop read    SERVERS TOPIC PARTITIONS         reads all, as a group of its own
//   kafka_loop touch   SERVERS TOPIC PARTITIONS         the same, parses with simdjson's DOM, and makes a
//   checksum of
//                                                       all names and values, as the daemon's discard with
//                                                       touch: all
//   kafka_loop pass    SERVERS TOPIC PARTITIONS TO      writes all to another topic
//   kafka_loop third   SERVERS TOPIC PARTITIONS TO      builds a tree, keeps status "paid", adds total, drops
//   note kafka_loop all     SERVERS TOPIC PARTITIONS TO      the same, keeps every status but "gone"
//   kafka_loop digest  SERVERS TOPIC PARTITIONS         a sum over keys and values, whatever their order
// Prints how many messages and bytes of values were read or written, and the sum.
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "tests/bench/kafka_client.hpp"
#include "tests/bench/order_work.hpp"

namespace {

using namespace hiveframe::bench;

struct Count {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t sum = 0;
};

int say(const Count& count) {
  std::printf("{\"messages\": %llu, \"bytes\": %llu, \"sum\": %llu}\n",
              static_cast<unsigned long long>(count.messages), static_cast<unsigned long long>(count.bytes),
              static_cast<unsigned long long>(count.sum));
  return 0;
}

std::string_view value_of(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.payload), message.len};
}

// As connectors/discard does it.
std::uint64_t mix(std::uint64_t sum, std::uint64_t word) noexcept {
  return (std::rotl(sum, 5) ^ word) * 0x9e3779b97f4a7c15ULL;
}

std::uint64_t mix(std::uint64_t sum, std::string_view text) noexcept {
  sum = mix(sum, text.size());
  for (; text.size() >= sizeof(std::uint64_t); text.remove_prefix(sizeof(std::uint64_t))) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    sum = mix(sum, word);
  }
  for (const char c : text)
    sum = mix(sum, static_cast<unsigned char>(c));
  return sum;
}

std::uint64_t checksum(dom::element element, std::uint64_t sum) noexcept {
  const Type type = element.type();
  sum = mix(sum, static_cast<std::uint64_t>(type));
  switch (type) {
    case Type::OBJECT: {
      const dom::object object = element.get_object().value_unsafe();
      for (const auto field : object)
        sum = checksum(field.value, mix(sum, field.key));
      break;
    }
    case Type::ARRAY: {
      const dom::array array = element.get_array().value_unsafe();
      for (const dom::element item : array)
        sum = checksum(item, sum);
      break;
    }
    case Type::STRING:
      return mix(sum, element.get_string().value_unsafe());
    case Type::INT64:
      return mix(sum, std::bit_cast<std::uint64_t>(element.get_int64().value_unsafe()));
    case Type::UINT64:
      return mix(sum, element.get_uint64().value_unsafe());
    case Type::DOUBLE:
      return mix(sum, std::bit_cast<std::uint64_t>(element.get_double().value_unsafe()));
    case Type::BOOL:
      return mix(sum, element.get_bool().value_unsafe() ? 1U : 0U);
    case Type::NULL_VALUE:
      break;
  }
  return sum;
}

/// A message as a line: simdjson wants room behind it, which messages do not have.
class Line {
 public:
  std::string_view of(const rd_kafka_message_t& message) {
    if (room_.size() < message.len + 1 + simdjson::SIMDJSON_PADDING)
      room_.resize(message.len + 1 + simdjson::SIMDJSON_PADDING);
    std::memcpy(room_.data(), message.payload, message.len);
    room_[message.len] = '\n';
    return {room_.data(), message.len + 1};
  }

 private:
  std::vector<char> room_;
};

struct Where {
  const char* servers;
  const char* topic;
  std::size_t partitions;
};

/// take(message, count) for each message of the topic, and between() after some of them.
template <class Take, class Between>
Count read_all(const Where& from, Take&& take, Between&& between) {
  const std::string group = "loop-" + std::to_string(getpid());
  Consumer consumer(from.servers, from.topic, group.c_str(), true);
  Count count;
  while (consumer.ended() < from.partitions) {
    consumer.poll(1000, [&](rd_kafka_message_t& message) { take(message, count); });
    between();
  }
  return count;
}

void count_in(std::string_view value, Count& count) {
  ++count.messages;
  count.bytes += value.size();
}

int read(const Where& from) {
  return say(read_all(
      from, [](rd_kafka_message_t& message, Count& count) { count_in(value_of(message), count); }, [] {}));
}

int touch(const Where& from) {
  dom::parser parser;
  Line line;
  return say(read_all(
      from,
      [&](rd_kafka_message_t& message, Count& count) {
        const std::string_view text = line.of(message);
        const auto document = parser.parse(text.data(), message.len, false);
        if (document.error() != simdjson::SUCCESS) fail("a message", "it is no JSON");
        count.sum = checksum(document.value_unsafe(), count.sum);
        count_in(value_of(message), count);
      },
      [] {}));
}

int digest(const Where& from) {
  return say(read_all(
      from,
      [](rd_kafka_message_t& message, Count& count) {
        const std::string_view key{static_cast<const char*>(message.key), message.key_len};
        count.sum += mix(mix(1, key), value_of(message));
        count_in(value_of(message), count);
      },
      [] {}));
}

/// work(message) is the value to write; without any, none is.
template <class Work>
int copy(const Where& from, const char* to, Work&& work) {
  Producer producer(from.servers, to);
  return say(read_all(
      from,
      [&](rd_kafka_message_t& message, Count& count) {
        const std::string_view value = work(message);
        if (value.empty()) return;
        rd_kafka_headers_t* headers = nullptr;
        rd_kafka_message_detach_headers(&message, &headers);
        producer.send({message.key, message.key_len}, {value.data(), value.size()},
                      rd_kafka_message_timestamp(&message, nullptr), headers);
        count_in(value, count);
      },
      [&] { producer.serve(); }));
}

int rebuild(const Where& from, const char* to, bool all) {
  Rebuild work(all);
  Line line;
  Text text(1 << 20);
  return copy(from, to, [&](const rd_kafka_message_t& message) {
    text.clear();
    if (!work(line.of(message), text)) fail("a message", "it is no order");
    std::string_view made = text.view();
    if (made.ends_with('\n')) made.remove_suffix(1);
    return made;
  });
}

int write(const char* servers, const char* topic, const char* path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  struct stat found {};
  if (file < 0 || fstat(file, &found) != 0) fail(path, std::strerror(errno));
  const auto size = static_cast<std::size_t>(found.st_size);
  void* const mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (mapped == MAP_FAILED) fail(path, std::strerror(errno));
  std::string_view left(static_cast<const char*>(mapped), size);
  Count count;
  {
    Producer producer(servers, topic);
    std::array<char, 24> key{};
    for (std::size_t end = left.find('\n'); end != std::string_view::npos; end = left.find('\n')) {
      const char* const key_end = std::to_chars(key.data(), key.data() + key.size(), count.messages).ptr;
      producer.send({key.data(), static_cast<std::size_t>(key_end - key.data())}, {left.data(), end}, 0);
      count_in(left.substr(0, end), count);
      left.remove_prefix(end + 1);
      if (count.messages % 1024 == 0) producer.serve();
    }
  }
  return say(count);
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view work = count > 4 ? arguments[1] : "";
  if (work == "write") return write(arguments[2], arguments[3], arguments[4]);
  const Where from =
      work.empty() ? Where{} : Where{arguments[2], arguments[3], std::strtoull(arguments[4], nullptr, 10)};
  if (work == "read") return read(from);
  if (work == "touch") return touch(from);
  if (work == "digest") return digest(from);
  if (count == 6 && work == "pass") return copy(from, arguments[5], value_of);
  if (count == 6 && work == "third") return rebuild(from, arguments[5], false);
  if (count == 6 && work == "all") return rebuild(from, arguments[5], true);
  std::fprintf(stderr,
               "usage: kafka_loop write SERVERS TOPIC FILE\n"
               "       kafka_loop read|touch|digest SERVERS TOPIC PARTITIONS\n"
               "       kafka_loop pass|third|all SERVERS TOPIC PARTITIONS TO\n");
  return 2;
}
