#include "config/connector_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/reading.hpp"

namespace hiveframe::config {
namespace {

struct Kafka {
  std::vector<std::string> servers;
  std::vector<std::string> topics;
  std::optional<std::string> group;
  std::string reset = "latest";
  std::vector<std::pair<std::string, std::string>> raw;
};
struct Postgres {
  std::string host;
  int port = 5432;
  std::string user;
  Secret password;
  std::string database;
  std::string table;
};
struct File {
  std::filesystem::path path;
};
struct Http {
  std::string url;
};
struct Nothing {
  std::string format;
};

struct Kinds {
  OptionTable<Kafka> kafka{"kafka source", "kafka", "Reads topics"};
  OptionTable<Postgres> postgres{"postgres source", "postgres", "Reads tables"};
  OptionTable<File> file{"file source", "file", "Reads files"};
  OptionTable<Http> http{"http source", "http", "Reads pages"};
  OptionTable<Nothing> standard_input{"stdin source", "stdin", "Reads standard input"};
  std::vector<const TableInfo*> all;

  Kinds() {
    kafka.add("bootstrap_servers", &Kafka::servers, one_or_list(text())).required();
    kafka.add("topic", &Kafka::topics, one_or_list(text())).required();
    kafka.add("group_id", &Kafka::group, text());
    kafka.add("auto_offset_reset", &Kafka::reset, text());
    kafka.add("kafka_config", &Kafka::raw, map(text()));
    kafka.uri({.schemes = {"kafka"}, .host = "bootstrap_servers", .path = "topic"}, "kafka://k1:9092/orders");
    postgres.add("host", &Postgres::host, text());
    postgres.add("port", &Postgres::port, integer(1, 65535));
    postgres.add("user", &Postgres::user, text());
    postgres.add("password", &Postgres::password, secret());
    postgres.add("database", &Postgres::database, text());
    postgres.add("table", &Postgres::table, text());
    postgres.uri({.schemes = {"postgresql", "postgres"},
                  .user = "user",
                  .password = "password",
                  .host = "host",
                  .port = "port",
                  .path = "database"});
    file.add("path", &File::path, path()).required();
    file.uri({.schemes = {"file"}, .plain_paths = true, .path = "path"});
    http.add("url", &Http::url, text()).required();
    http.uri({.schemes = {"http", "https"}, .whole = "url"});
    standard_input.add("format", &Nothing::format, text());
    standard_input.uri({.words = {"stdin", "-"}});
    all = {&kafka.info(), &postgres.info(), &file.info(), &http.info(), &standard_input.info()};
  }
};

struct Chosen {
  explicit Chosen(const std::string& yaml) : reading(yaml) {
    reading.environment.variables = {
        {"PW", "p@/:?#%w"}, {"URI", "kafka://k9/t9"}, {"TRICK", "/data/${PW}"}, {"GROUP", "w"}};
    reading.environment.files = {{"/run/uri", "postgresql://u:topsecret@h/db?prot=1"}};
    const Node document = reading.document();
    const std::vector<std::string> common = {"when"};
    if (const Node* source = document.find("source"))
      options = connector_options(*source, "source", kinds.all, common, reading.reader);
  }
  template <typename T>
  std::optional<T> read(const OptionTable<T>& table) {
    EXPECT_TRUE(options) << reading.problems();
    if (!options) return std::nullopt;
    EXPECT_EQ(options->table, &table.info());
    return table.read(options->given, reading.reader);
  }
  Kinds kinds;
  Reading reading;
  std::optional<ConnectorOptions> options;
};

TEST(ConnectorOptions, Uri) {
  Chosen chosen(
      "source: kafka://k1:9092,k2:9092/orders,returns?group_id=ware%20house&auto_offset_reset=earliest\n");
  const auto kafka = chosen.read(chosen.kinds.kafka);
  ASSERT_TRUE(kafka) << chosen.reading.problems();
  EXPECT_EQ(kafka->servers, (std::vector<std::string>{"k1:9092", "k2:9092"}));
  EXPECT_EQ(kafka->topics, (std::vector<std::string>{"orders", "returns"}));
  EXPECT_EQ(kafka->group, "ware house");
  EXPECT_EQ(kafka->reset, "earliest");
}

TEST(ConnectorOptions, MapBesideUri) {
  Chosen chosen(
      "source:\n  uri: postgres://writer@db:5433/warehouse?table=orders\n  password: ${PW}\n  table: "
      "orders\n  when: x\n");
  const auto postgres = chosen.read(chosen.kinds.postgres);
  ASSERT_TRUE(postgres) << chosen.reading.problems();
  EXPECT_EQ(postgres->host, "db");
  EXPECT_EQ(postgres->port, 5433);
  EXPECT_EQ(postgres->user, "writer");
  EXPECT_EQ(postgres->password.reveal(), "p@/:?#%w");
  EXPECT_EQ(postgres->database, "warehouse");
  EXPECT_EQ(chosen.options->display, "postgres://writer@db:5433/warehouse?table=orders");
}

TEST(ConnectorOptions, APasswordFromAVariableMayHoldAnything) {
  Chosen chosen("source: postgresql://me:${PW}@h/db\n");
  const auto postgres = chosen.read(chosen.kinds.postgres);
  ASSERT_TRUE(postgres) << chosen.reading.problems();
  EXPECT_EQ(postgres->password.reveal(), "p@/:?#%w");
  EXPECT_EQ(postgres->host, "h");
  EXPECT_EQ(chosen.options->display, "postgresql://me:***@h/db");
}

TEST(ConnectorOptions, AReferenceAloneIsAWholeUri) {
  Chosen chosen("source: ${URI}\n");
  const auto kafka = chosen.read(chosen.kinds.kafka);
  ASSERT_TRUE(kafka) << chosen.reading.problems();
  EXPECT_EQ(kafka->topics, (std::vector<std::string>{"t9"}));
  // And what it held is not looked at again.
  Chosen trick("source: ${TRICK}\n");
  EXPECT_EQ(trick.read(trick.kinds.file)->path, "/data/${PW}");
  // From a file it is secret, also in messages about its pieces.
  Chosen secret("source: ${file:/run/uri}\n");
  EXPECT_EQ(secret.options->display, "***");
  EXPECT_FALSE(secret.read(secret.kinds.postgres));
  EXPECT_EQ(secret.reading.problems().find("prot"), std::string::npos) << secret.reading.problems();
  EXPECT_EQ(secret.reading.problems().find("topsecret"), std::string::npos);
}

TEST(ConnectorOptions, ReferencesInReferencesDoNotCutAUri) {
  Chosen chosen("source: 'postgresql://me:${NONE:-${NADA:-a/b@c?d}}@${NONE:-h}/${NONE:-db}'\n");
  const auto postgres = chosen.read(chosen.kinds.postgres);
  ASSERT_TRUE(postgres) << chosen.reading.problems();
  EXPECT_EQ(postgres->password.reveal(), "a/b@c?d");
  EXPECT_EQ(postgres->host, "h");
  EXPECT_EQ(postgres->database, "db");
}

TEST(ConnectorOptions, ASecretStandsWhereOneIsWanted) {
  Chosen password("source: postgresql://me:${file:/run/uri}@h/db\n");
  EXPECT_EQ(password.read(password.kinds.postgres)->password.reveal(),
            "postgresql://u:topsecret@h/db?prot=1");
  for (const char* yaml :
       {"source: postgresql://me@${file:/run/uri}/db\n", "source: ./${file:/run/uri}\n",
        "source: {type: file, path: '${file:/run/uri}'}\n", "source: 'file:///${file:/run/uri}'\n"}) {
    Chosen shown(yaml);
    if (shown.options && shown.options->table == &shown.kinds.postgres.info())
      shown.read(shown.kinds.postgres);
    if (shown.options && shown.options->table == &shown.kinds.file.info()) shown.read(shown.kinds.file);
    EXPECT_THAT(shown.reading.problems(),
                testing::HasSubstr("are for secrets, and this is shown in messages"))
        << yaml;
  }
  // A path is no URI with a password in it, wherever it comes from.
  for (const char* uri : {"./topsecret.csv", "stdin", "file:///topsecret", "kafka://topsecret/t"}) {
    Reading reading("source: ${file:/run/uri}\n");
    reading.environment.files = {{"/run/uri", uri}};
    const Kinds kinds;
    EXPECT_FALSE(
        connector_options(*reading.document().find("source"), "source", kinds.all, {}, reading.reader));
    EXPECT_THAT(reading.problems(), testing::HasSubstr("are for secrets, and this is shown in messages"))
        << uri;
  }
}

TEST(ConnectorOptions, PathsWordsAndTypes) {
  Chosen path("source: ../data/a?b.json\n");
  EXPECT_EQ(path.read(path.kinds.file)->path, "/etc/data/a?b.json");
  Chosen file("source: file:///var/a%20b\n");
  EXPECT_EQ(file.read(file.kinds.file)->path, "/var/a b");
  Chosen word("source: '-'\n");
  EXPECT_TRUE(word.read(word.kinds.standard_input));
  Chosen type("source: {type: file, path: x}\n");
  EXPECT_EQ(type.read(type.kinds.file)->path, "/etc/demo/x");
  EXPECT_EQ(type.options->display, "file x");
  Chosen both("source: {type: kafka, uri: 'kafka://k1/a'}\n");
  EXPECT_TRUE(both.read(both.kinds.kafka));
  Chosen http("source: https://u:pw@api.example.com/a?b=%20&c#d\n");
  EXPECT_EQ(http.read(http.kinds.http)->url, "https://u:pw@api.example.com/a?b=%20&c#d");
  EXPECT_EQ(http.options->display, "https://u:***@api.example.com/a?b=%20&c#d");
}

// Problems of choosing, then of reading what was chosen as Kafka.
std::string problem(const std::string& yaml) {
  Chosen chosen(yaml);
  if (chosen.options && chosen.options->table == &chosen.kinds.kafka.info()) {
    EXPECT_FALSE(chosen.kinds.kafka.read(chosen.options->given, chosen.reading.reader));
  } else if (chosen.options && chosen.options->table == &chosen.kinds.postgres.info()) {
    EXPECT_FALSE(chosen.kinds.postgres.read(chosen.options->given, chosen.reading.reader));
  } else if (chosen.options) {
    EXPECT_FALSE(chosen.kinds.file.read(chosen.options->given, chosen.reading.reader));
  }
  const std::string all = chosen.reading.problems();
  const std::string tail = "1 error in 1 file\n";
  EXPECT_TRUE(all.ends_with("\n" + tail)) << all;
  return all.substr(0, all.size() - std::min(tail.size(), all.size()));
}

TEST(ConnectorOptions, UnknownParameter) {
  EXPECT_EQ(problem("name: x\nsource: kafka://k1/orders?group_id=w&auto_offset_rest=earliest\n"),
            "orders.yaml:2:38: error: unknown option 'auto_offset_rest' of the kafka source\n"
            "  2 | source: kafka://k1/orders?group_id=w&auto_offset_rest=earliest\n"
            "    |                                      ^~~~~~~~~~~~~~~~\n"
            "    = did you mean 'auto_offset_reset'?\n");
}

TEST(ConnectorOptions, GivenTwice) {
  EXPECT_EQ(problem("source: {uri: 'kafka://k1/orders', topic: returns}\n"),
            "orders.yaml:1:43: error: option 'topic' is given twice, with different values\n"
            "  1 | source: {uri: 'kafka://k1/orders', topic: returns}\n"
            "    |                                           ^~~~~~~\n"
            "    = the URI says another value; leave one of them out\n");
  EXPECT_EQ(problem("source: {uri: 'kafka://k1/orders?group_id=w', group_id: v}\n"),
            "orders.yaml:1:57: error: option 'group_id' is given twice, with different values\n"
            "  1 | source: {uri: 'kafka://k1/orders?group_id=w', group_id: v}\n"
            "    |                                                         ^\n"
            "    = the URI says 'w'; leave one of them out\n");
  EXPECT_EQ(problem("source: {uri: 'postgres://u:a@h/d', password: b}\n"),
            "orders.yaml:1:47: error: option 'password' is given twice, with different values\n"
            "  1 | source: {uri: 'postgres://u:***@h/d', password: ***}\n"
            "    |                                                 ^~~\n"
            "    = the URI says another value; leave one of them out\n");
  EXPECT_EQ(problem("source: kafka://k1/orders?group_id=w&group_id=w\n"),
            "orders.yaml:1:38: error: repeated parameter 'group_id'\n"
            "  1 | source: kafka://k1/orders?group_id=w&group_id=w\n"
            "    |                                      ^~~~~~~~\n");
  // The same value is fine, through references and lists of one too.
  Chosen same(
      "source: {uri: 'kafka://k1/orders?group_id=w', group_id: '${GROUP}', topic: [orders], "
      "bootstrap_servers: k1}\n");
  EXPECT_TRUE(same.read(same.kinds.kafka)) << same.reading.problems();
}

TEST(ConnectorOptions, PiecesThatDoNotFit) {
  EXPECT_EQ(problem("source: kafka://me@k1/orders\n"),
            "orders.yaml:1:17: error: a URI of the kafka source takes no user\n"
            "  1 | source: kafka://me@k1/orders\n"
            "    |                 ^~\n");
  EXPECT_EQ(problem("source: file://data/x\n"),
            "orders.yaml:1:16: error: a URI of the file source takes no host\n"
            "  1 | source: file://data/x\n"
            "    |                ^~~~\n"
            "    = write file:///path, with three slashes, or the path alone\n");
  EXPECT_EQ(problem("source: postgres://h1,h2/x\n"),
            "orders.yaml:1:23: error: a URI of the postgres source takes no second host\n"
            "  1 | source: postgres://h1,h2/x\n"
            "    |                       ^~\n");
  EXPECT_EQ(problem("source: postgres://h1:70000/x\n"),
            "orders.yaml:1:23: error: '70000' is out of range\n"
            "  1 | source: postgres://h1:70000/x\n"
            "    |                       ^~~~~\n"
            "    = it must be from 1 to 65535\n");
  EXPECT_EQ(problem("source: kafka://k1/orders?kafka_config=x\n"),
            "orders.yaml:1:27: error: option 'kafka_config' cannot stand in a URI\n"
            "  1 | source: kafka://k1/orders?kafka_config=x\n"
            "    |                           ^~~~~~~~~~~~\n"
            "    = write it as a key beside 'uri': it takes a map (each value text)\n");
  EXPECT_EQ(problem("source: kafka://k1/or%zers\n"),
            "orders.yaml:1:22: error: '%' is not followed by the code of a character\n"
            "  1 | source: kafka://k1/or%zers\n"
            "    |                      ^~~\n"
            "    = write %25 for a literal '%'\n");
  EXPECT_EQ(problem("source: kafka://k1\n"),
            "orders.yaml:1:9: error: the kafka source needs the option 'topic'\n"
            "  1 | source: kafka://k1\n"
            "    |         ^~~~~~~~~~\n");
}

TEST(ConnectorOptions, UnknownKinds) {
  EXPECT_EQ(problem("source: kafak://k1/orders\n"),
            "orders.yaml:1:9: error: no source has the scheme 'kafak'\n"
            "  1 | source: kafak://k1/orders\n"
            "    |         ^~~~~\n"
            "    = did you mean 'kafka'?\n");
  EXPECT_EQ(problem("source: kafka:k1/orders\n"),
            "orders.yaml:1:9: error: '//' is missing after 'kafka:'\n"
            "  1 | source: kafka:k1/orders\n"
            "    |         ^~~~~~\n"
            "    = write kafka://…; a file of that name is ./kafka:…\n");
  EXPECT_EQ(problem("source: stdn\n"),
            "orders.yaml:1:9: error: 'stdn' names no source\n"
            "  1 | source: stdn\n"
            "    |         ^~~~\n"
            "    = did you mean 'stdin'? A file of that name is ./stdn\n");
  for (const char* file : {"./stdn", "stdn.csv", "data", "/stdn", "{type: file, path: stdn}"})
    EXPECT_TRUE(Chosen("source: " + std::string(file) + "\n").options) << file;
  EXPECT_EQ(problem("source: {type: kafak}\n"),
            "orders.yaml:1:16: error: unknown source 'kafak'\n"
            "  1 | source: {type: kafak}\n"
            "    |                ^~~~~\n"
            "    = did you mean 'kafka'?\n");
  EXPECT_EQ(problem("source: {type: file, uri: 'kafka://k/t'}\n"),
            "orders.yaml:1:28: error: the scheme 'kafka' does not name a file source\n"
            "  1 | source: {type: file, uri: 'kafka://k/t'}\n"
            "    |                            ^~~~~\n"
            "    = 'type' says 'file' on line 1; leave one of the two out\n");
  EXPECT_THAT(problem("source: {topic: a}\n"), testing::HasSubstr("\n    = add type: kafka\n"));
  EXPECT_EQ(problem("source: {topc: a}\n"),
            "orders.yaml:1:9: error: the source needs 'uri' or 'type'\n"
            "  1 | source: {topc: a}\n"
            "    |         ^~~~~~~~~\n"
            "    = type is one of: kafka, postgres, file, http, stdin\n");
  EXPECT_EQ(problem("source: [a]\n"),
            "orders.yaml:1:9: error: expected a source (a URI or a map), found a list\n"
            "  1 | source: [a]\n"
            "    |         ^~~\n");
  EXPECT_EQ(problem("source:\n"),
            "orders.yaml:1:1: error: expected a source (a URI or a map), found nothing\n"
            "  1 | source:\n"
            "    | ^~~~~~\n"
            "    = give it a value, or remove the key\n");
  EXPECT_EQ(problem("source: {uri: [a]}\n"),
            "orders.yaml:1:15: error: expected a URI or a path, found a list\n"
            "  1 | source: {uri: [a]}\n"
            "    |               ^~~\n");
}

TEST(ConnectorOptions, WordsTakeNoQuery) {
  EXPECT_EQ(problem("source: stdin?format=csv\n"),
            "orders.yaml:1:9: error: 'stdin' takes its options as keys of a map, not behind a '?'\n"
            "  1 | source: stdin?format=csv\n"
            "    |         ^~~~~~~~~~~~~~~~\n"
            "    = write {type: stdin, format: csv}; a file of that name is ./stdin?…\n");
  EXPECT_EQ(problem("source: stdin://?format=a b&nope=1\n"),
            "orders.yaml:1:9: error: 'stdin' takes its options as keys of a map, not behind a '?'\n"
            "  1 | source: stdin://?format=a b&nope=1\n"
            "    |         ^~~~~~~~~~~~~~~~~~~~~~~~~~\n"
            "    = write {type: stdin, format: 'a b'}\n");
  EXPECT_EQ(problem("source: stdin://\n"),
            "orders.yaml:1:9: error: 'stdin' stands alone, without anything behind it\n"
            "  1 | source: stdin://\n"
            "    |         ^~~~~~~~\n"
            "    = write stdin\n");
  EXPECT_TRUE(Chosen("source: ./stdin?format=csv\n").options);
  EXPECT_TRUE(Chosen("source: stdin1?format=csv\n").options);
}

TEST(ConnectorOptions, WithoutPlainPathsAWordMustBeKnown) {
  Reading reading("source: stdn\n");
  Kinds kinds;
  const std::vector<const TableInfo*> some = {&kinds.kafka.info(), &kinds.standard_input.info()};
  EXPECT_FALSE(connector_options(*reading.document().find("source"), "source", some, {}, reading.reader));
  EXPECT_EQ(reading.problems(),
            "orders.yaml:1:9: error: 'stdn' names no source\n"
            "  1 | source: stdn\n"
            "    |         ^~~~\n"
            "    = did you mean 'stdin'?\n"
            "1 error in 1 file\n");
}

}  // namespace
}  // namespace hiveframe::config
