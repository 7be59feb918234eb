#include "pipeline/expr/pattern_cache.hpp"

#include <gmock/gmock.h>
#include <re2/re2.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;
using testing::HasSubstr;

// Needs more than the memory of one cached pattern, but less than a pattern may take.
const std::string large_pattern = "^\\pL{60}$";

std::string word(std::size_t number) { return "word" + std::to_string(number); }

const re2::RE2& compiled(PatternCache& cache, std::string_view pattern) {
  std::uint64_t work = 0;
  return cache.compiled(pattern, work);
}

TEST(PatternCache, KeepsWhatWasUsedLast) {
  PatternCache cache;
  EXPECT_EQ(cache.size(), 0U);
  const re2::RE2* first = &compiled(cache, "word0");
  EXPECT_EQ(first->pattern(), "word0");
  EXPECT_EQ(&compiled(cache, "word0"), first);
  for (std::size_t i = 1; i < PatternCache::capacity; ++i)
    compiled(cache, word(i));
  EXPECT_EQ(cache.size(), PatternCache::capacity);
  EXPECT_EQ(&compiled(cache, "word0"), first) << "the cache holds as many as it says";
  const re2::RE2* second = &compiled(cache, "word2");
  // word1 was used longest ago, then word3.
  for (std::size_t i = 0; i < PatternCache::capacity - 2; ++i)
    compiled(cache, word(100 + i));
  EXPECT_EQ(&compiled(cache, "word0"), first);
  EXPECT_EQ(&compiled(cache, "word2"), second);
  EXPECT_EQ(cache.size(), PatternCache::capacity);
}

TEST(PatternCache, TellsWhatCompilingTook) {
  PatternCache cache;
  std::uint64_t work = 0;
  cache.compiled("^a+$", work);
  const std::uint64_t simple = work;
  EXPECT_GT(simple, 1'000u);
  cache.compiled("^a+$", work);
  EXPECT_EQ(work, 0u);
  cache.compiled("(?:[ab]{0,100}a){10}c", work);
  EXPECT_GT(work, 10 * simple);
  cache.compiled("(", work);
  EXPECT_GE(work, 1'000u);
  // Found out only when all the memory is used up, and that twice.
  EXPECT_FALSE(cache.compiled("\\pL{500}", work).ok());
  EXPECT_GT(work, 1'000 * simple);
  cache.compiled("\\pL{501}", work);
  cache.compiled("\\pL{500}", work);
  EXPECT_GT(work, 1'000 * simple) << "which is as much each time";
}

TEST(PatternCache, HoldsNoMoreHoweverManyPatternsCome) {
  PatternCache cache;
  for (std::size_t i = 0; i < 1000; ++i) {
    const re2::RE2& pattern = compiled(cache, word(i) + "$");
    EXPECT_TRUE(re2::RE2::PartialMatch("a " + word(i), pattern));
    EXPECT_FALSE(re2::RE2::PartialMatch(word(i) + " ", pattern));
    ASSERT_LE(cache.size(), PatternCache::capacity);
  }
  for (std::size_t i = 0; i < 100; ++i)
    EXPECT_TRUE(compiled(cache, large_pattern + std::string(i, '?')).error_code() !=
                re2::RE2::ErrorPatternTooLarge);
  EXPECT_LE(cache.size(), PatternCache::capacity);
}

TEST(PatternCache, GivesEveryPatternTheMemoryItMayTake) {
  PatternCache cache;
  compiled(cache, "a");
  const re2::RE2& large = compiled(cache, large_pattern);
  ASSERT_TRUE(large.ok()) << large.error();
  re2::RE2::Options small = large.options();
  small.set_max_mem(PatternCache::pattern_memory);
  EXPECT_FALSE(re2::RE2(large_pattern, small).ok()) << "the pattern of this test is not large";
  EXPECT_EQ(cache.size(), 1U) << "a large one takes nobody's place";
  EXPECT_EQ(&compiled(cache, large_pattern), &large);
  EXPECT_EQ(compiled(cache, "a").options().max_mem(), PatternCache::pattern_memory);
  EXPECT_GT(large.options().max_mem(), PatternCache::pattern_memory);
  EXPECT_TRUE(compiled(cache, std::string(PatternCache::max_text + 1, 'x')).ok());
  EXPECT_EQ(cache.size(), 1U) << "a long one takes nobody's place";
}

TEST(PatternCache, IsNotCopied) {
  PatternCache cache;
  compiled(cache, "a");
  PatternCache copy(cache);
  EXPECT_EQ(copy.size(), 0U);
  copy = cache;
  EXPECT_EQ(copy.size(), 0U);
  EXPECT_EQ(cache.size(), 1U);
}

// What holds for a pattern in the expression holds for one of the record, whether it was seen before or not.
TEST(PatternsOfRecords, MeanWhatWrittenOnesMean) {
  const std::string many_times = "'" + std::string(60, 'x') + "'";
  const std::string patterns[] = {"a+b",         "^$", "",  "\\xC3\\xBC.$",    "(?i)AB",
                                  large_pattern, "[",  "(", "\\pL{1000}{1000}"};
  for (const std::string& pattern : patterns) {
    Sample sample;
    sample.add("pattern", Value::string(pattern));
    for (const std::string& text :
         {std::string("'aab'"), std::string("''"), std::string("'\\u00fc!'"), many_times}) {
      const std::string written = sample(text + ".matches(r'" + pattern + "')");
      for (int times = 0; times < 2; ++times) {
        const std::string found = sample(text + ".matches(record.pattern)");
        if (written.starts_with("problem ")) {
          EXPECT_THAT(found, HasSubstr("is no regular expression (RE2): ")) << pattern;
        } else {
          EXPECT_EQ(found, written) << pattern;
        }
      }
    }
  }
}

TEST(PatternsOfRecords, AreCompiledOnceForManyRecords) {
  Sample sample("{'text': 'abc', 'patterns': ['a', 'b', 'a', 'b', '[', 'x']}");
  EXPECT_EQ(sample("record.patterns.filter(p, p != '[' && record.text.matches(p)).size()"), "4");
  EXPECT_EQ(sample.inputs().patterns.size(), 3U);
  EXPECT_EQ(sample("record.patterns.exists(p, record.text.matches(p))"), "true");
  EXPECT_EQ(sample("record.patterns.all(p, !record.text.matches(p))"), "false");
  EXPECT_EQ(sample.inputs().patterns.size(), 3U);
}

}  // namespace
}  // namespace hiveframe::expr
