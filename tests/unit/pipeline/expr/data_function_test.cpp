// JSON, digests, identifiers.

#include <gmock/gmock.h>

#include "pipeline/expr/digest.hpp"
#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class DataFunctions : public testing::TestWithParam<Case> {
 protected:
  DataFunctions() {
    sample_.add("text", Value::string(R"({"a": [1, 2.5, "x\n", null], "big": 9007199254740993.0})"));
    sample_.add("broken", Value::string("{\"a\": 1,"));
    sample_.add("twice", Value::string("{\"a\": 1, \"a\": 2}"));
    sample_.add("octets", Value::bytes("[\x01\xFF]"));
    sample_.add("amount", Value::decimal("12345678901234567.89"));
    sample_.add("algorithm", Value::string("md5"));
    sample_.add("one", Value::int64(1));
  }
  Sample sample_;
};

TEST_P(DataFunctions, DoWhatIsSaid) { EXPECT_EQ(sample_(GetParam().expression), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Json, DataFunctions,
    testing::Values(Case{"json(record.text)",
                         "{'a': [1, 2.5, 'x\n', null], 'big': decimal 9007199254740993.0}"},
                    Case{"json(record.text).a[1] + 1", "3.5"}, Case{"json('7')", "7"},
                    Case{"json(' \"ü\" ')", "'ü'"}, Case{"json(b'[true]')", "[true]"},
                    Case{"json('{}').absent", "error: no such key: 'absent' at column 12"},
                    Case{"has(json(record.text).a)", "true"},
                    Case{"json(record.text).a.exists(x, x == null)", "true"},
                    Case{"json(record.one)", "error: no such operation: json(int) at column 1"},
                    Case{"type(json('18446744073709551615'))", "'uint'"}));

TEST_F(DataFunctions, SayWhatIsNoJson) {
  EXPECT_THAT(sample_("json(record.broken)"), StartsWith("error: '{\"a\": 1,' is no JSON: "));
  EXPECT_THAT(sample_("json(record.twice)"), HasSubstr(" is no JSON: "));
  EXPECT_THAT(sample_("json('')"), StartsWith("problem 5-7: '' is no JSON: "));
  EXPECT_EQ(
      sample_("json('{')"),
      "problem 5-8: '{' is no JSON: expected a member's name in quotes or '}', found the end of the text at "
      "byte 2");
  EXPECT_THAT(sample_("json('1 2')"), HasSubstr("expected the end of the text after its value, found '2'"));
  EXPECT_THAT(sample_("json(record.octets)"), HasSubstr(" is no JSON: "));
}

INSTANTIATE_TEST_SUITE_P(
    ToJson, DataFunctions,
    testing::Values(
        Case{"to_json({'a': [1, 2.0, 'x\"\\n', null, true]})", R"('{"a":[1,2.0,"x\"\n",null,true]}')"},
        Case{"to_json(b'abc')", R"('"YWJj"')"},
        Case{"to_json(timestamp('2024-02-29T01:00:00+01:00'))", R"('"2024-02-29T00:00:00Z"')"},
        Case{"to_json(duration('90m'))", R"('"5400s"')"},
        Case{"to_json(record.amount)", "'12345678901234567.89'"},
        Case{"to_json(18446744073709551615u)", "'18446744073709551615'"},
        Case{"to_json(json(to_json([1, {}])))", "'[1,{}]'"},
        Case{"to_json('\\u0000\\u001f')", R"('"\u0000\u001f"')"},
        Case{"to_json([1, 0.0 / 0.0])", "error: a value of type list cannot be JSON: [1]: NaN at column 1"}));

INSTANTIATE_TEST_SUITE_P(
    Digests, DataFunctions,
    testing::Values(
        // FIPS 180-4's examples.
        Case{"sha256('abc')", "'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'"},
        Case{"sha256('')", "'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'"},
        Case{"sha256(b'abc') == sha256('abc')", "true"},
        // xxHash's own.
        Case{"hash('')", "17241709254077376921"}, Case{"hash('abc')", "4952883123889572249"},
        Case{"hash(b'abc', 'xxhash') == hash('abc')", "true"}, Case{"hash('abc') % 10", "9"},
        // Of Kafka's UtilsTest, there as signed numbers: -973932308, -790332482, -985981536, 479470107.
        Case{"hash('21', 'murmur2')", "3321034988"}, Case{"hash('foobar', 'murmur2')", "3504634814"},
        Case{"hash('a-little-bit-long-string', 'murmur2')", "3308985760"},
        Case{"hash(b'abc', 'murmur2')", "479470107"},
        Case{"hash('a', 'md5')",
             "problem 10-15: 'md5' is no algorithm of hash(): 'xxhash' or 'murmur2' | 'hiveframed explain "
             "hash' says "
             "what it takes"},
        Case{"hash('a', record.algorithm)",
             "error: 'md5' is no algorithm of hash(): 'xxhash' or 'murmur2' at column 1"},
        Case{"hash(record.one)", "error: no such operation: hash(int) at column 1"}));

// RFC 9562, appendix A.4.
INSTANTIATE_TEST_SUITE_P(
    Uuids, DataFunctions,
    testing::Values(
        Case{"uuid_of('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')",
             "'2ed6657d-e927-568b-95e1-2665a8aea6a2'"},
        Case{"uuid_of('6BA7B810-9DAD-11D1-80B4-00C04FD430C8', 'www.example.com')",
             "'2ed6657d-e927-568b-95e1-2665a8aea6a2'"},
        Case{"uuid_of(record.algorithm, 'x')", "error: 'md5' is no UUID at column 1"},
        Case{"uuid_of('6ba7b810-9dad-11d1-80b4-00c04fd430c', 'x')",
             "problem 8-45: '6ba7b810-9dad-11d1-80b4-00c04fd430c' is no UUID | 'hiveframed explain uuid_of' "
             "says what it takes"},
        Case{"uuid() == uuid()", "false"}, Case{"uuid(1)", "problem 0-4: 'uuid' takes 0 arguments, not 1"}));

TEST_F(DataFunctions, MakeRandomUuids) {
  const std::string uuid = "'[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'";
  std::vector<std::string> made;
  for (int i = 0; i < 40; ++i) {  // more than are drawn at once
    made.push_back(sample_("uuid()"));
    EXPECT_THAT(made.back(), MatchesRegex(uuid));
  }
  std::sort(made.begin(), made.end());
  EXPECT_EQ(std::adjacent_find(made.begin(), made.end()), made.end());
  EXPECT_EQ(sample_("[1, 2].map(x, uuid()).exists_one(x, x.size() != 36)"), "false");
  EXPECT_EQ(sample_("uuid() in ['a', uuid()]"), "false");
}

TEST(RandomBits, OfASeedAreTheSame) {
  RandomBits one(7);
  RandomBits other(7);
  RandomBits third(8);
  const auto first = one.next();
  EXPECT_EQ(other.next(), first);
  EXPECT_NE(third.next(), first);
  EXPECT_NE(one.next(), first);
}

TEST(RandomBits, OfTheSystemAreNotCopied) {
  RandomBits one;
  const auto first = one.next();
  RandomBits copy(one);
  EXPECT_NE(copy.next(), one.next());
  EXPECT_NE(one.next(), first);
}

TEST(Digest, ReadsWholeUuidsOnly) {
  EXPECT_TRUE(read_uuid("00000000-0000-0000-0000-000000000000"));
  EXPECT_FALSE(read_uuid("00000000-0000-0000-0000-0000000000000"));
  EXPECT_FALSE(read_uuid("0000000000000-0000-0000-000000000000"));
  EXPECT_FALSE(read_uuid("0000000g-0000-0000-0000-000000000000"));
  EXPECT_FALSE(read_uuid(""));
}

class LargeData : public testing::TestWithParam<std::string_view> {};

TEST_P(LargeData, IsBounded) {
  Sample sample;
  const std::string text(2'000'000, '\x01');
  std::string ones = "[1";
  for (int i = 0; i < 5'000'000; ++i)
    ones += ",1";
  ones += "]";
  std::vector<Value> items(200, Value::string(text));
  std::vector<Value> empty(10'000, Value::list({}));
  sample.add("items", Value::list(items));
  sample.add("ones", Value::string(ones));
  sample.add("empty", Value::list(empty));
  EXPECT_THAT(sample(GetParam()),
              testing::AnyOf(StartsWith("error: the expression makes more than 256 MiB of values"),
                             StartsWith("error: the expression does too much for one record")));
}

INSTANTIATE_TEST_SUITE_P(Of, LargeData,
                         testing::Values("to_json(record.items)", "record.items.map(x, to_json(x)).size()",
                                         "to_json(record.empty.map(x, record.empty.map(y, record.empty)))",
                                         "[1, 2, 3, 4].map(x, json(record.ones)).size()",
                                         "record.empty.all(x, sha256(record.ones) != '')",
                                         "record.empty.all(x, hash(record.ones) != 0)"));

TEST(LargeJson, IsReadIfThereIsRoom) {
  Sample sample;
  std::string ones = "[1";
  for (int i = 1; i < 100'000; ++i)
    ones += ",1";
  ones += "]";
  sample.add("ones", Value::string(ones));
  EXPECT_EQ(sample("json(record.ones).size()"), "100000");
}

}  // namespace
}  // namespace hiveframe::expr
