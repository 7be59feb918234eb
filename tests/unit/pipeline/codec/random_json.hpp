#pragma once

#include <initializer_list>
#include <random>
#include <string>

namespace hiveframe::codec {

/// Random JSON, valid or nearly.
class RandomJson {
 public:
  explicit RandomJson(unsigned seed) : random_(seed) {}
  std::string value(int depth) {
    switch (random_() % (depth > 5 ? 5 : 8)) {
      case 0:
        return pick({"null", "true", "false"});
      case 1:
        return pick(
            {"0", "-0", "1", "-17", "9007199254740993", "18446744073709551615", "18446744073709551616"});
      case 2:
        return pick({"1.5", "-0.0", "1e5", "1e400", "1e-400", "9007199254740993.0", "0.30000000000000004",
                     "1.10", "123456789.123456", "12345678901234.5", "0.10000000000000001"});
      case 3:
      case 4:
        return string();
      case 5:
      case 6: {
        std::string text = "{" + space();
        const std::size_t count = random_() % 6;
        for (std::size_t i = 0; i < count; ++i) {
          if (i != 0) text += "," + space();
          text += (random_() % 40 == 0 ? std::string("\"k0\"") : "\"k" + std::to_string(i) + tail() + "\"") +
                  space() + ":" + space() + value(depth + 1) + space();
        }
        return text + "}";
      }
      default: {
        std::string text = "[" + space();
        const std::size_t count = random_() % 5;
        for (std::size_t i = 0; i < count; ++i) {
          if (i != 0) text += "," + space();
          text += value(depth + 1) + space();
        }
        return text + "]";
      }
    }
  }
  /// Spoils a byte now and then.
  std::string spoiled(std::string text) {
    if (random_() % 3 == 0 && !text.empty()) {
      text[random_() % text.size()] = "{}[],:\"\\x0 \xC3"[random_() % 12];
    }
    return text;
  }

 private:
  std::string pick(std::initializer_list<const char*> words) {
    return words.begin()[random_() % words.size()];
  }
  std::string space() { return random_() % 4 == 0 ? pick({" ", "\n", "\t ", "\r\n"}) : ""; }
  std::string tail() { return pick({"", "", "_a_longer_name", "\\u0041", "\xC3\xA9"}); }
  std::string string() {
    return "\"" +
           pick({"", "text", "a longer text of plain letters", "\\n", "quote \\\" in", "\\\\", "\xC3\xA9",
                 "\\ud83d\\ude00", "\\u0000", "\\ud800", "2026-03-01T00:00:00Z"}) +
           tail() + "\"";
  }
  std::mt19937 random_;
};

}  // namespace hiveframe::codec
