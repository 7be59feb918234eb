// Records with an Avro key, as a sink's workers encode them and its outbox takes them apart.

#include <gmock/gmock.h>

#include "connectors/kafka/key_reader.hpp"
#include "connectors/kafka/keyed_format.hpp"
#include "pipeline/codec/avro/batch_schemas.hpp"
#include "tests/unit/connectors/harness.hpp"

namespace hiveframe::testing {
namespace {

using namespace connectors::kafka;
using codec::avro::BatchSchemas;
using codec::avro::OutputSchema;
using codec::avro::Plan;
using codec::avro::Schema;
using record::Value;
using ::testing::HasSubstr;

std::shared_ptr<const Schema> schema(std::string_view text) {
  std::string problem;
  auto parsed = Schema::parse(text, problem);
  EXPECT_TRUE(parsed) << problem;
  return parsed;
}

/// One record of JSON, and the key that it came with.
class Record {
 public:
  explicit Record(std::string_view json, Value key = {}) {
    storage_.format = "json";
    // With the room behind it that decoders want.
    char* const octets = storage_.add(record::Buffer(json.size())).data();
    json.copy(octets, json.size());
    record_.original = {octets, json.size()};
    envelope_.key = key;
    record_.envelope = &envelope_;
    record::DataError error;
    EXPECT_TRUE(decoder_->decode(draft_, error)) << error.message;
  }

  /// What it is written as; nothing: see error.
  std::optional<KeyedRecord> written(const std::shared_ptr<OutputSchema>& keys,
                                     const std::optional<expr::FieldPath>& field = std::nullopt) {
    const codec::Format format = keyed_format(*codec::find_format("json"), keys, field);
    std::string_view encoded;
    const record::Arena::Mark before = arena_.mark();
    if (format.encoder()->encode(draft_, arena_, encoded, error)) return apart(encoded);
    EXPECT_EQ(arena_.mark().used, before.used);
    return std::nullopt;
  }

  record::DataError error;

 private:
  record::Storage storage_;
  record::Record record_;
  record::Envelope envelope_;
  record::Arena arena_;
  std::unique_ptr<codec::Decoder> decoder_ = codec::find_format("json")->decoder();
  record::Draft draft_{storage_, record_, storage_.arena};
};

std::shared_ptr<OutputSchema> keys_of(std::string_view text) {
  auto keys = std::make_shared<OutputSchema>();
  keys->set({schema(text), 0x01020304});
  return keys;
}

expr::FieldPath field(std::string_view text) {
  expr::Problem problem;
  return expr::FieldPath::parse(text, problem).value();
}

using namespace std::string_view_literals;

TEST(KafkaKeyedFormat, WritesTheKeyThatARecordCameWith) {
  Record record(R"({"id":7})", Value::int64(-2));
  const auto written = record.written(keys_of(R"("long")"));
  ASSERT_TRUE(written) << record.error.message;
  EXPECT_EQ(written->key, "\0\1\2\3\4\3"sv);
  EXPECT_EQ(written->value, R"({"id":7})");
}

TEST(KafkaKeyedFormat, WritesTheFieldThatIsTheKey) {
  Record record(R"({"customer":{"id":"ab"}})", Value::int64(1));
  EXPECT_EQ(record.written(keys_of(R"("string")"), field("customer.id"))->key, "\0\1\2\3\4\4ab"sv);
  EXPECT_EQ(record.written(keys_of(R"("string")"), field("absent"))->key, std::nullopt);
}

TEST(KafkaKeyedFormat, AKeyMayBeNoneOrEmpty) {
  Record none(R"({"id":7})");
  EXPECT_EQ(none.written(keys_of(R"(["null","long"])"))->key, std::nullopt);
  Record empty(R"({"id":7})", Value::object({}));
  const auto written = empty.written(keys_of(R"({"type":"record","name":"E","fields":[]})"));
  ASSERT_TRUE(written) << empty.error.message;
  EXPECT_EQ(written->key, "\0\1\2\3\4"sv);
  EXPECT_EQ(written->value, R"({"id":7})");
}

TEST(KafkaKeyedFormat, AKeyThatDoesNotFitIsARecordThatCannotBeWritten) {
  Record record(R"({"id":"x"})");
  EXPECT_FALSE(record.written(keys_of(R"("long")"), field("id")));
  EXPECT_THAT(record.error.message, HasSubstr("its key cannot be written: "));
  EXPECT_THAT(record.error.message, HasSubstr("a string is no long"));
}

TEST(KafkaKeyedFormat, OfASinkThatNobodyOpensNothingIsAsked) {
  Record record(R"({"id":"x"})");
  EXPECT_TRUE(record.written(std::make_shared<OutputSchema>(), field("id")));
}

TEST(KafkaKeyReader, ReadsWhatItsFormSays) {
  record::Arena arena;
  Value key;
  EXPECT_FALSE(KeyReader(KeyForm::string, nullptr, arena).read("ab", key));
  EXPECT_EQ(key.text(), "ab");
  EXPECT_THAT(KeyReader(KeyForm::string, nullptr, arena).read("\xff", key)->message,
              HasSubstr("set key_deserializer to bytes"));
  EXPECT_FALSE(KeyReader(KeyForm::bytes, nullptr, arena).read("\xff", key));
  EXPECT_TRUE(key.is(record::Kind::bytes));
}

TEST(KafkaKeyReader, ReadsAvroByItsSchema) {
  record::Arena arena;
  BatchSchemas schemas;
  std::string problem;
  const auto text = schema(R"({"type":"record","name":"K","fields":[{"name":"id","type":"long"}]})");
  schemas.add(9, {Plan::make(text, text, problem), ""});
  schemas.add(10, {nullptr, "is not in the registry"});
  KeyReader keys(KeyForm::avro, &schemas, arena);
  Value key;
  ASSERT_FALSE(keys.read("\0\0\0\0\x9\x6"sv, key));
  ASSERT_TRUE(key.is(record::Kind::object));
  EXPECT_EQ(key.find("id")->as_int64(), 3);
  for (const std::string_view wrong : {"7"sv, ""sv, "\0\0\0\0\x9"sv, "\0\0\0\0\x9\x6\x6"sv}) {
    const auto error = keys.read(wrong, key);
    ASSERT_TRUE(error);
    EXPECT_THAT(error->message, ::testing::StartsWith("its key: "));
  }
  EXPECT_THAT(keys.read("\0\0\0\0\xa\x6"sv, key)->message, HasSubstr("is not in the registry"));
}

}  // namespace
}  // namespace hiveframe::testing
