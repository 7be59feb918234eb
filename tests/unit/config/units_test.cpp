#include "config/units.hpp"

#include <gtest/gtest.h>

namespace hiveframe::config {
namespace {

using std::chrono::milliseconds;

std::uint64_t bytes_of(std::string_view text) {
  const auto result = parse_size(text);
  EXPECT_TRUE(std::holds_alternative<std::uint64_t>(result)) << text;
  return std::holds_alternative<std::uint64_t>(result) ? std::get<std::uint64_t>(result) : 0;
}
std::string size_error(std::string_view text) {
  const auto result = parse_size(text);
  return std::holds_alternative<UnitError>(result) ? std::get<UnitError>(result).message : "no error";
}
std::int64_t duration(std::string_view text) {
  const auto result = parse_duration(text);
  EXPECT_TRUE(std::holds_alternative<milliseconds>(result)) << text;
  return std::holds_alternative<milliseconds>(result) ? std::get<milliseconds>(result).count() : -1;
}
std::string duration_error(std::string_view text) {
  const auto result = parse_duration(text);
  return std::holds_alternative<UnitError>(result) ? std::get<UnitError>(result).message : "no error";
}

TEST(Units, Sizes) {
  EXPECT_EQ(bytes_of("0"), 0U);
  EXPECT_EQ(bytes_of("1024"), 1024U);
  EXPECT_EQ(bytes_of("64KiB"), 65536U);
  EXPECT_EQ(bytes_of("512MiB"), 536870912U);
  EXPECT_EQ(bytes_of("10MB"), 10'000'000U);
  EXPECT_EQ(bytes_of("10 mb"), 10'000'000U);
  EXPECT_EQ(bytes_of("1GiB"), 1073741824U);
  EXPECT_EQ(bytes_of("1.5GiB"), 1610612736U);
  EXPECT_EQ(bytes_of("7B"), 7U);
  EXPECT_EQ(bytes_of("18446744073709551615"), 18446744073709551615U);
  EXPECT_EQ(bytes_of("16777215TiB"), 16777215ULL << 40);
}

TEST(Units, BadSizes) {
  EXPECT_EQ(size_error("18446744073709551616"), "is too big");
  EXPECT_EQ(size_error("16777216TiB"), "is too big");
  EXPECT_EQ(size_error("0.1KiB"), "is not a whole number of bytes");
  EXPECT_EQ(size_error("1.5"), "is not a whole number of bytes");
  EXPECT_EQ(size_error("0.00000000000000000000000000001TB"), "is not a whole number of bytes");
  for (const std::string_view text :
       {"", "-1", "KiB", "1XiB", "1 Ki B", "1e3", ".5MiB", "1..5MiB", "0x10", "1KiBs", "١"})
    EXPECT_EQ(size_error(text), "is not a size") << text;
}

TEST(Units, Durations) {
  EXPECT_EQ(duration("0"), 0);
  EXPECT_EQ(duration("0s"), 0);
  EXPECT_EQ(duration("500ms"), 500);
  EXPECT_EQ(duration("30s"), 30'000);
  EXPECT_EQ(duration("1.5s"), 1'500);
  EXPECT_EQ(duration("5m"), 300'000);
  EXPECT_EQ(duration("1h"), 3'600'000);
  EXPECT_EQ(duration("1h30m"), 5'400'000);
  EXPECT_EQ(duration("1h 30m"), 5'400'000);
  EXPECT_EQ(duration("2d"), 172'800'000);
}

TEST(Units, BadDurations) {
  EXPECT_EQ(duration_error("30"), "has no unit");
  EXPECT_EQ(duration_error("0.5ms"), "is not a whole number of milliseconds");
  EXPECT_EQ(duration_error("106751991168d"), "is too long");
  EXPECT_EQ(duration_error("106751991167d23h"), "is too long");
  EXPECT_EQ(duration_error("99999999999999999999s"), "is too long");
  for (const std::string_view text : {"", "s", "-5s", "5x", "5S", "5 s s", "1m1h", "1s1s", "none", "5s,"})
    EXPECT_EQ(duration_error(text), "is not a duration") << text;
}

TEST(Units, FormattingReadsBack) {
  EXPECT_EQ(format_size(0), "0");
  EXPECT_EQ(format_size(999), "999");
  EXPECT_EQ(format_size(1024), "1KiB");
  EXPECT_EQ(format_size(16 << 20), "16MiB");
  EXPECT_EQ(format_size(10'000'000), "10MB");
  EXPECT_EQ(format_size(1'234), "1234");
  EXPECT_EQ(format_duration(milliseconds(0)), "0s");
  EXPECT_EQ(format_duration(milliseconds(500)), "500ms");
  EXPECT_EQ(format_duration(milliseconds(90'000)), "1m30s");
  EXPECT_EQ(format_duration(milliseconds(86'400'000)), "1d");
  for (const std::uint64_t bytes : {1ULL, 1023ULL, 1025ULL, 65536ULL, 1'000'000ULL, 123'456'789ULL, ~0ULL})
    EXPECT_EQ(bytes_of(format_size(bytes)), bytes);
  for (const std::int64_t ms : {1LL, 999LL, 61'001LL, 90'061'001LL, 9223372036854775807LL})
    EXPECT_EQ(duration(format_duration(milliseconds(ms))), ms);
}

}  // namespace
}  // namespace hiveframe::config
