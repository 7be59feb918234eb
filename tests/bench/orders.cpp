// Writes orders as NDJSON, or as rows of CSV with a header, the same ones every time:
//   orders BYTES FILE [csv|items]
// A line has some 220 bytes: a nested object, a list, a timestamp, text beyond ASCII; with `items`, which are
// a list of ten objects, some 1000. A row has some 130 and no tags, and some of its notes stand in quotes. At
// least BYTES bytes.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <unistd.h>

namespace {

/// xorshift64 (Marsaglia, 2003)
class Random {
 public:
  std::uint64_t next() noexcept {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  template <std::size_t N>
  const char* pick(const std::array<const char*, N>& words) noexcept {
    return words[(next() >> 20) % N];
  }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15;
};

constexpr std::array<const char*, 3> states = {"paid", "open", "void"};
constexpr std::array<const char*, 8> tags = {"new", "vip", "eu", "us", "web", "app", "gift", "bulk"};
constexpr std::array<const char*, 8> given = {"Alice", "Zoë",   "Carol", "José",
                                              "Erin",  "Søren", "Grace", "Heidi"};
constexpr std::array<const char*, 8> family = {"Smith", "Jones",    "García", "Müller",
                                               "Rossi", "Nováková", "Kim",    "田中"};
constexpr std::array<const char*, 4> notes = {"deliver to the back door, ring twice please",
                                              "le client demande un reçu sans prix, à part", "no note",
                                              "second attempt after the card was declined once"};

constexpr std::array<const char*, 4> titles = {"a box of pencils", "garden hose, 20 m", "blue enamel mug",
                                               "Käsehobel"};

constexpr std::string_view header = "id,ts,user_id,name,email,status,amount,note\n";

struct Order {
  std::uint64_t id;
  unsigned user;
  const char* name;
  const char* surname;
  const char* state;
  double amount;
  const char* first_tag;
  const char* last_tag;
  const char* note;

  Order(std::uint64_t number, Random& random)
      : id(number),
        user(static_cast<unsigned>(100'000 + random.next() % 900'000)),
        name(random.pick(given)),
        surname(random.pick(family)),
        state(random.pick(states)),
        amount(static_cast<double>(random.next() % 100'000) / 100),
        first_tag(random.pick(tags)),
        last_tag(random.pick(tags)),
        note(random.pick(notes)) {}
};

std::size_t write_time(std::uint64_t id, char* to, std::size_t room) {
  const std::uint64_t second = id / 50;
  return static_cast<std::size_t>(std::snprintf(
      to, room, "2026-03-%02uT%02u:%02u:%02u.%03uZ", static_cast<unsigned>(1 + second / 86400 % 28),
      static_cast<unsigned>(second / 3600 % 24), static_cast<unsigned>(second / 60 % 60),
      static_cast<unsigned>(second % 60), static_cast<unsigned>(id % 50 * 20)));
}

std::size_t members(const Order& order, char* to, std::size_t room) {
  std::array<char, 40> time;
  write_time(order.id, time.data(), time.size());
  const int size = std::snprintf(
      to, room,
      R"({"id":%llu,"ts":"%s","user":{"id":%u,"name":"%s %s","email":"u%u@example.com"},)"
      R"("status":"%s","amount":%.2f,"tags":["%s","%s"],"note":"%s")",
      static_cast<unsigned long long>(order.id), time.data(), order.user, order.name, order.surname,
      order.user, order.state, order.amount, order.first_tag, order.last_tag, order.note);
  return static_cast<std::size_t>(size);
}

std::size_t json(const Order& order, char* to, std::size_t room) {
  std::size_t size = members(order, to, room);
  size += std::string_view("}\n").copy(to + size, room - size);
  return size;
}

std::size_t json_with_items(const Order& order, char* to, std::size_t room) {
  std::size_t size = members(order, to, room);
  size += std::string_view(R"(,"items":[)").copy(to + size, room - size);
  for (std::uint64_t i = 0; i < 10; ++i) {
    const std::uint64_t sku = (order.id * 10 + i) * 7919 % 1'000'000;
    size += static_cast<std::size_t>(std::snprintf(
        to + size, room - size, R"(%s{"sku":"A-%06llu","title":"%s","quantity":%llu,"price":%.2f})",
        i == 0 ? "" : ",", static_cast<unsigned long long>(sku), titles[sku % titles.size()],
        static_cast<unsigned long long>(1 + sku % 5), static_cast<double>(sku % 20'000) / 100));
  }
  size += std::string_view("]}\n").copy(to + size, room - size);
  return size;
}

std::size_t csv(const Order& order, char* to, std::size_t room) {
  std::array<char, 40> time;
  write_time(order.id, time.data(), time.size());
  const char* const quote = std::string_view(order.note).find(',') != std::string_view::npos ? "\"" : "";
  const int size =
      std::snprintf(to, room, "%llu,%s,%u,%s %s,u%u@example.com,%s,%.2f,%s%s%s\n",
                    static_cast<unsigned long long>(order.id), time.data(), order.user, order.name,
                    order.surname, order.user, order.state, order.amount, quote, order.note, quote);
  return static_cast<std::size_t>(size);
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view form = count == 4 ? arguments[3] : "";
  const bool rows = form == "csv";
  if (count != 3 && !rows && form != "items") {
    std::fprintf(stderr, "usage: orders BYTES FILE [csv|items]\n");
    return 2;
  }
  const std::uint64_t wanted = std::strtoull(arguments[1], nullptr, 10);
  const int file = open(arguments[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) {
    std::perror(arguments[2]);
    return 1;
  }
  constexpr std::size_t longest = 2048;
  const auto write_order = rows ? csv : form == "items" ? json_with_items : json;
  std::string block(1 << 20, '\0');
  Random random;
  std::uint64_t written = 0;
  for (std::uint64_t id = 0; written < wanted;) {
    std::size_t used = 0;
    if (rows && id == 0) used = header.copy(block.data(), header.size());
    while (used + longest <= block.size() && written + used < wanted)
      used += write_order(Order(id++, random), block.data() + used, longest);
    for (std::string_view left(block.data(), used); !left.empty();) {
      const ssize_t put = write(file, left.data(), left.size());
      if (put < 0) {
        std::perror(arguments[2]);
        return 1;
      }
      left.remove_prefix(static_cast<std::size_t>(put));
    }
    written += used;
  }
  if (close(file) != 0) {
    std::perror(arguments[2]);
    return 1;
  }
}
