#pragma once

#include <cstddef>
#include <cstdio>
#include <random>
#include <string>

namespace hiveframe::bench {

/// Orders, a line of JSON each, the same ones each time: at least `bytes` of them.
inline std::string make_orders(std::size_t bytes) {
  std::mt19937_64 random(1);
  const auto pick = [&](auto... words) {
    const char* all[] = {words...};
    return all[random() % sizeof...(words)];
  };
  std::string text;
  char line[512];
  for (std::size_t i = 0; text.size() < bytes; ++i) {
    const std::size_t second = i / 50;
    const unsigned user = 100'000 + static_cast<unsigned>(random() % 900'000);
    const int size = std::snprintf(
        line, sizeof line,
        "{\"id\":%zu,\"ts\":\"2026-03-%02zuT%02zu:%02zu:%02zu.%03zuZ\",\"user\":{\"id\":%u,\"name\":\"%s "
        "%s\","
        "\"email\":\"u%u@example.com\"},\"status\":\"%s\",\"amount\":%.2f,\"tags\":[\"%s\",\"%s\"],\"note\":"
        "\"%s\"}\n",
        i, 1 + second / 86400 % 28, second / 3600 % 24, second / 60 % 60, second % 60, i % 50 * 20, user,
        pick("Alice", "Bob", "Carol", "Dave"), pick("Smith", "Jones", "M\xC3\xBCller", "Tanaka"), user,
        pick("paid", "open", "void"), static_cast<double>(random() % 100'000) / 100,
        pick("new", "vip", "eu", "us"), pick("web", "app", "gift", "bulk"),
        pick("deliver to the back door, ring twice please", "no note",
             "customer asked for a gift receipt with order"));
    text.append(line, static_cast<std::size_t>(size));
  }
  return text;
}

}  // namespace hiveframe::bench
