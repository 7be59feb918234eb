// The schema registry: what its answers mean, and a client against servers that say one thing each.

#include <gmock/gmock.h>

#include "config/option_table.hpp"
#include "connectors/kafka/avro_options.hpp"
#include "connectors/kafka/output_schema_lookup.hpp"
#include "connectors/kafka/registry/registry_answer.hpp"
#include "connectors/kafka/registry/registry_client.hpp"
#include "connectors/kafka/registry/registry_url.hpp"
#include "connectors/kafka/sink_settings.hpp"
#include "connectors/kafka/source_settings.hpp"
#include "pipeline/errors.hpp"
#include "tests/unit/connectors/harness.hpp"
#include "tests/unit/net/answering_socket.hpp"

namespace hiveframe::testing {
namespace {

using namespace connectors::kafka;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view order =
    R"({"type":"record","name":"shop.Order","fields":[{"name":"id","type":"long"}]})";

struct Said {
  std::optional<RegisteredSchema> schema;
  std::string retryable;
  std::string fatal;
};

template <class Ask>
Said said(Ask ask) {
  Said out;
  try {
    out.schema = ask();
  } catch (const pipeline::Retryable& error) {
    out.retryable = error.what();
  } catch (const pipeline::Fatal& error) {
    out.fatal = error.what();
  }
  return out;
}

Said answer(unsigned status, std::string_view body) {
  return said([&] { return read_registry_answer({"read schema 7 from", "http://r:8081/p"}, status, body); });
}

TEST(KafkaRegistryAnswer, IsASchemaWithWhatItRefersTo) {
  const Said found = answer(
      200,
      R"({"schema":"\"string\"","schemaType":"AVRO","references":[{"name":"a.B","subject":"b","version":3}]})");
  ASSERT_TRUE(found.schema);
  EXPECT_EQ(found.schema->text, "\"string\"");
  EXPECT_EQ(found.schema->references.at(0).subject, "b");
  EXPECT_EQ(found.schema->references.at(0).version, 3);
  EXPECT_EQ(answer(200, R"({"schema":"x","schemaType":"PROTOBUF"})").schema->type, "PROTOBUF");
  EXPECT_EQ(answer(200, R"({"id":17})").schema->id, 17U);
}

TEST(KafkaRegistryAnswer, WhatIsNotThereIsNoErrorOfTheWorld) {
  for (const char* code : {"40401", "40402", "40403"}) {
    const Said none = answer(404, R"({"error_code":)" + std::string(code) + R"(,"message":"not found"})");
    EXPECT_FALSE(none.schema);
    EXPECT_EQ(none.retryable + none.fatal, "");
  }
  // This one says that the path is unknown.
  EXPECT_THAT(answer(404, R"({"error_code":404,"message":"HTTP 404 Not Found"})").fatal,
              HasSubstr("is this the registry's address, with its path?"));
}

TEST(KafkaRegistryAnswer, OfWhatIsDownOrBusyIsWaitedFor) {
  for (const unsigned status : {408U, 429U, 500U, 502U, 503U, 504U}) {
    EXPECT_THAT(
        answer(status, "<html>busy</html>").retryable,
        StartsWith("cannot read schema 7 from http://r:8081/p: it answered " + std::to_string(status)));
  }
  EXPECT_THAT(answer(500, R"({"error_code":50001,"message":"Error in the backend"})").retryable,
              HasSubstr("it answered 500: Error in the backend"));
}

TEST(KafkaRegistryAnswer, ThatRefusesSaysWhatToDo) {
  EXPECT_THAT(answer(401, "").fatal, HasSubstr("it answered 401; set schema_registry_username"));
  EXPECT_THAT(answer(403, R"({"message":"denied"})").fatal, HasSubstr("403: denied; give the user"));
  EXPECT_THAT(answer(409, R"({"error_code":409,"message":"incompatible"})").fatal,
              HasSubstr("compatible with"));
  EXPECT_THAT(answer(422, R"({"error_code":42201,"message":"Invalid schema"})").fatal,
              HasSubstr("correct the schema"));
  EXPECT_THAT(answer(302, "").fatal, HasSubstr("redirects are not followed"));
}

TEST(KafkaRegistryAnswer, ThatIsNoneOfARegistryShowsItsBeginning) {
  const Said html = answer(200, "<!doctype html>\n<title>Welcome</title>" + std::string(300, 'x'));
  EXPECT_THAT(html.fatal, HasSubstr("it answered 200 with '<!doctype html> <title>Welcome</title>xxx"));
  EXPECT_THAT(html.fatal, HasSubstr("is this the registry's address"));
  EXPECT_LT(html.fatal.size(), 400U);
  EXPECT_THAT(answer(404, "<html>").fatal, HasSubstr("is this the registry's address"));
  EXPECT_THAT(answer(200, "[]").fatal, HasSubstr("is this the registry's address"));
  EXPECT_THAT(answer(200, "{}").fatal, HasSubstr("is this the registry's address"));
  EXPECT_THAT(answer(200, R"({"schema":"x","references":[{"subject":"b"}]})").fatal,
              HasSubstr("registry's address"));
  EXPECT_THAT(answer(200, "\xff\xfe").fatal, HasSubstr("registry's address"));
  EXPECT_THAT(answer(200, std::string(100'000, '[')).fatal, HasSubstr("registry's address"));
}

TEST(KafkaRegistryUrl, HasAServerAndAPath) {
  EXPECT_EQ(RegistryUrl::of("http://r:8081").server, "http://r:8081");
  EXPECT_EQ(RegistryUrl::of("http://r:8081").path, "");
  EXPECT_EQ(RegistryUrl::of("https://r/apis/ccompat/v7/").server, "https://r");
  EXPECT_EQ(RegistryUrl::of("https://r/apis/ccompat/v7/").path, "/apis/ccompat/v7");
  EXPECT_EQ(wrong_with_registry_url("http://r:8081/a/b"), "");
  EXPECT_EQ(wrong_with_registry_url("https://[::1]:8081"), "");
  EXPECT_THAT(wrong_with_registry_url("r:8081"), HasSubstr("neither http://"));
  EXPECT_THAT(wrong_with_registry_url("ftp://r"), HasSubstr("neither http://"));
  EXPECT_THAT(wrong_with_registry_url("http://r?x=1"), HasSubstr("a query"));
  EXPECT_THAT(wrong_with_registry_url("http://u:pw@r"), HasSubstr("a user or password"));
  EXPECT_THAT(wrong_with_registry_url("http://r:99999"), HasSubstr("malformed"));
  EXPECT_THAT(wrong_with_registry_url("http://r/a b"), HasSubstr("a space"));
  EXPECT_EQ(path_piece("orders-value"), "orders-value");
  EXPECT_EQ(path_piece("a/b c?ü"), "a%2Fb%20c%3F%C3%BC");
}

std::string http(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

RegistrySettings at(std::vector<std::string> urls) {
  RegistrySettings settings;
  settings.registry_urls = std::move(urls);
  return settings;
}
std::string url_of(const net::AnsweringSocket& server) {
  return "http://127.0.0.1:" + std::to_string(server.port());
}
std::string closed_url() {
  const net::AnsweringSocket gone(http("200 OK", "{}"));
  return url_of(gone);
}

TEST(KafkaRegistryClient, TriesOneServerAfterTheOther) {
  const std::string closed = closed_url();
  const net::AnsweringSocket busy(http("503 Service Unavailable", ""));
  const net::AnsweringSocket good(http("200 OK", R"({"schema":"\"int\""})"));
  RegistryClient client(at({closed, url_of(busy), url_of(good) + "/p"}));
  const Said found = said([&] { return client.by_id(7); });
  ASSERT_TRUE(found.schema) << found.retryable << found.fatal;
  EXPECT_EQ(found.schema->text, "\"int\"");
  EXPECT_EQ(client.server(), url_of(good) + "/p");
  RegistryClient alone(at({closed}));
  const Said none = said([&] { return alone.by_id(7); });
  EXPECT_THAT(none.retryable, StartsWith("cannot read schema 7 from " + closed + ": Connection refused"));
}

TEST(KafkaRegistryClient, ARefusalEndsTheSearch) {
  const net::AnsweringSocket refusing(http("401 Unauthorized", ""));
  RegistryClient client(at({url_of(refusing), closed_url()}));
  EXPECT_THAT(said([&] { return client.latest("orders-value"); }).fatal,
              HasSubstr("cannot read the latest schema of 'orders-value' from"));
}

TEST(KafkaRegistryClient, WhatIsCancelledIsOver) {
  RegistryClient client(at({closed_url()}));
  client.cancel();
  EXPECT_THAT(said([&] { return client.by_id(7); }).retryable, HasSubstr("it was stopped"));
}

TEST(KafkaRegistryClient, AFileOfTlsThatIsNotThereIsNamed) {
  RegistrySettings settings = at({"https://127.0.0.1:1"});
  settings.registry_ca = "/nowhere/ca.pem";
  RegistryClient client(settings);
  EXPECT_THAT(said([&] { return client.by_id(7); }).fatal, HasSubstr("/nowhere/ca.pem"));
}

AvroOutput output(std::string_view text, SubjectStrategy strategy, bool registers) {
  AvroOutput made;
  std::string problem;
  made.schema = {std::string(text), codec::avro::Schema::parse(text, problem)};
  made.strategy = strategy;
  made.auto_register = registers;
  return made;
}

TEST(KafkaOutputSchema, HasTheSubjectOfItsStrategy) {
  const GivenSchema schema = output(order, SubjectStrategy::topic_name, true).schema;
  EXPECT_EQ(subject_of(SubjectStrategy::topic_name, "orders", schema), "orders-value");
  EXPECT_EQ(subject_of(SubjectStrategy::record_name, "orders", schema), "shop.Order");
  EXPECT_EQ(subject_of(SubjectStrategy::topic_record_name, "orders", schema), "orders-shop.Order");
  EXPECT_EQ(subject_of(SubjectStrategy::topic_name, "orders", {}), "orders-value");
}

TEST(KafkaOutputSchema, ThatIsNotThereStopsAndSaysWhatToDo) {
  const std::string absent = http("404 Not Found", R"({"error_code":40401,"message":"Subject not found"})");
  const auto problem = [&](const AvroOutput& wanted) {
    const net::AnsweringSocket server(absent);
    RegistryClient client(at({url_of(server)}));
    try {
      look_up_output_schema(client, subject_of(wanted.strategy, "orders", wanted.schema), wanted.schema,
                            wanted.auto_register, "schema");
    } catch (const pipeline::Fatal& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_THAT(problem({}),
              HasSubstr("there is no such subject; register a schema under it, or set 'schema'"));
}

std::string source_problems(const std::string& more) {
  std::string problems;
  settings_from(source_options(), "topic: t\nbootstrap_servers: k\ngroup_id: g\n" + more, "/", &problems);
  return problems;
}
std::string sink_problems(const std::string& more, const std::string& topic = "t") {
  std::string problems;
  settings_from(sink_options(), "topic: " + topic + "\nbootstrap_servers: k\n" + more, "/", &problems);
  return problems;
}

TEST(KafkaAvroSettings, AreRefusedWhereTheyHaveNoEffect) {
  EXPECT_EQ(source_problems("value_deserializer: avro\nschema_registry_url: http://r:8081/p\n"), "");
  EXPECT_EQ(sink_problems("value_serializer: avro\nschema_registry_url: [http://r, http://s]\n"), "");
  EXPECT_THAT(source_problems("value_deserializer: avro\n"), HasSubstr("'schema_registry_url' is missing"));
  EXPECT_THAT(source_problems("schema_registry_url: http://r\n"), HasSubstr("has no effect without avro"));
  EXPECT_THAT(sink_problems("schema_registry_token: t\n"),
              HasSubstr("'schema_registry_token' has no effect"));
  EXPECT_THAT(source_problems("reader_schema: '\"int\"'\n"), HasSubstr("'reader_schema' has no effect"));
  EXPECT_THAT(sink_problems("auto_register: false\n"), HasSubstr("'auto_register' has no effect"));
  const std::string avro = "value_serializer: avro\nschema_registry_url: http://r\n";
  EXPECT_THAT(sink_problems(avro + "auto_register: true\n"),
              HasSubstr("'auto_register' needs 'schema' or 'key_schema' beside it"));
  EXPECT_THAT(sink_problems(avro + "subject_strategy: record_name\n"), HasSubstr("needs 'schema' beside it"));
  EXPECT_THAT(sink_problems(avro + "schema: '\"int\"'\nsubject_strategy: record_name\n"),
              HasSubstr("has no name"));
  EXPECT_THAT(sink_problems(avro, "'t-{{ record.a }}'"), HasSubstr("has no one subject"));
  EXPECT_EQ(sink_problems(avro + "subject_strategy: record_name\nschema: '" + std::string(order) + "'\n",
                          "'t-{{ record.a }}'"),
            "");
  EXPECT_THAT(sink_problems(avro + "schema_registry_username: u\n"),
              HasSubstr("'schema_registry_password' is missing"));
  EXPECT_THAT(sink_problems(avro + "schema_registry_username: u\nschema_registry_password: p\n"
                                   "schema_registry_token: t\n"),
              HasSubstr("leave one of them out"));
  EXPECT_THAT(sink_problems(avro + "schema_registry_ssl_cert: c\n"), HasSubstr("schema_registry_ssl_key"));
  const std::string password =
      sink_problems("value_serializer: avro\nschema_registry_url: http://u:hunter2@r\n");
  EXPECT_THAT(password, HasSubstr("the registry's URL cannot be used: it holds a user or password"));
}

TEST(KafkaAvroSettings, KeysMayBeAvroByThemselves) {
  const std::string url = "schema_registry_url: http://r\n";
  EXPECT_EQ(source_problems("key_deserializer: avro\n" + url), "");
  EXPECT_THAT(source_problems("key_deserializer: avro\n"), HasSubstr("'schema_registry_url' is missing"));
  EXPECT_THAT(source_problems("key_deserializer: avro\nreader_schema: '\"int\"'\n" + url),
              HasSubstr("'reader_schema' has no effect with this value_deserializer"));
  const std::string avro = "key_serializer: avro\n" + url;
  EXPECT_EQ(sink_problems(avro), "");
  EXPECT_EQ(sink_problems(avro + "key_schema: '\"int\"'\nauto_register: false\n"), "");
  EXPECT_THAT(sink_problems("key_serializer: avro\n"), HasSubstr("'schema_registry_url' is missing"));
  EXPECT_THAT(sink_problems("key_schema: '\"int\"'\n"),
              HasSubstr("'key_schema' has no effect with this key_serializer"));
  EXPECT_THAT(sink_problems(avro + "schema: '\"int\"'\n"), HasSubstr("'schema' has no effect"));
  EXPECT_THAT(sink_problems(avro + "auto_register: false\n"), HasSubstr("needs 'schema' or 'key_schema'"));
  EXPECT_THAT(sink_problems(avro, "'t-{{ record.a }}'"),
              HasSubstr("a topic by the record has no one subject for the schema of all keys"));
}

TEST(KafkaAvroSettings, ASchemaIsTextOrAFile) {
  const std::string avro = "value_deserializer: avro\nschema_registry_url: http://r\nreader_schema: ";
  EXPECT_EQ(source_problems(avro + "'" + std::string(order) + "'"), "");
  EXPECT_THAT(source_problems(avro + "'{\"type\":\"recor\"}'"),
              HasSubstr("is no Avro schema: there is no type 'recor'"));
  EXPECT_THAT(source_problems(avro + "/nowhere/orders.avsc"), HasSubstr("No such file or directory"));
  EXPECT_THAT(source_problems(avro + "/"), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace hiveframe::testing
