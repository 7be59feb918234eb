#include "config/secrets_in_text.hpp"

#include <gtest/gtest.h>

#include "config/diagnostic.hpp"
#include "tests/unit/config/reading.hpp"

namespace hiveframe::config {
namespace {

TEST(SecretsInText, PasswordsOfUris) {
  EXPECT_EQ(without_secrets("a foo://me:hunter2@h/db b"), "a foo://me:***@h/db b");
  EXPECT_EQ(without_secrets("write sink: 'foo://me:hun ter2@h/db: x'"), "write sink: 'foo://me:***@h/db: x'");
  EXPECT_EQ(without_secrets("sink: foo://me:hun ter2@h/db # x"), "sink: foo://me:***@h/db # x");
  EXPECT_EQ(without_secrets("- \"foo://me:hun\\\"ter2@h/db\""), "- \"foo://me:***@h/db\"");
  EXPECT_EQ(without_secrets("foo://me:a://b@h"), "foo://me:***@h");
  EXPECT_EQ(without_secrets("{uri: foo://me:p@h, mail: a@b}"), "{uri: foo://me:***@h, mail: a@b}");
  EXPECT_EQ(without_secrets("${DB:-foo://me:hunter2@h/db}"), "${DB:-foo://me:***@h/db}");
  EXPECT_EQ(without_secrets("foo://me:${A}hunter2@h"), "foo://me:***@h");
  EXPECT_EQ(without_secrets("foo://me:${PW:-hun/ter2}@h"), "foo://me:***@h");
}

TEST(SecretsInText, ParametersThatSoundSecret) {
  EXPECT_EQ(without_secrets("foo://h/x?a=1&password=hunter2&b=3"), "foo://h/x?a=1&password=***&b=3");
  EXPECT_EQ(without_secrets("{uri: 'foo://h/x?sslkey=hunter2', a: b}"),
            "{uri: 'foo://h/x?sslkey=***', a: b}");
  EXPECT_EQ(without_secrets("foo://h/x?token=${TOKEN}"), "foo://h/x?token=${TOKEN}");
}

TEST(SecretsInText, WhatIsNoneStays) {
  for (const char* text :
       {"kafka://k1:9092,k2/a@b", "http://h:80/x@y", "http://[::1]:80/a@b", "pg://me:${PW}@h/db",
        "pg://me@h:5432/db", "a ? b : c@d", "record.a == 1 && key=2", "https://h/?page=2&size=3", "", "://",
        "'://", "mail me@x: now", "x?=y", "?token="})
    EXPECT_EQ(without_secrets(text), text);
}

TEST(SecretsInText, WhatIsSafeIsLeftAsItIs) {
  const std::string once = without_secrets("foo://me:hunter2@h/db?token=x");
  EXPECT_EQ(without_secrets(once), once);
}

TEST(SecretsInText, ValuesOfKeys) {
  const auto shown = [](std::string_view line) { return replaced(line, find_secret_values(line)); };
  EXPECT_EQ(shown("  password: hunter2 # mine"), "  password: *** # mine");
  EXPECT_EQ(shown("sink: {type: x, \"password\": 'hun,ter2', port: 1}"),
            "sink: {type: x, \"password\": ***, port: 1}");
  EXPECT_EQ(shown("{token: a, api_key: b}"), "{token: ***, api_key: ***}");
  EXPECT_EQ(shown("password: 'hun' ter2"), "password: ***");
  EXPECT_EQ(shown("password: \"hunter2"), "password: ***");
  EXPECT_EQ(shown("password:hunter2"), "password:***");
  for (const char* line : {"password: ${PW}", "password:", "key: record.id", "key_field: id", "secret://me/x",
                           "# password: hunter2", "note: password"})
    EXPECT_EQ(shown(line), line);
}

TEST(SecretsInText, AQuotedValueThatIsCutShowsNone) {
  const std::string password(80, 'x');
  EXPECT_EQ(quote("foo://me:" + password + "@h/db"), "'foo://me:***@h/db'");
  EXPECT_EQ(quote("foo://me:hun ter\n2@h/db"), "'foo://me:***@h/db'");
}

// Found by the fuzzer: with one password gone, another one can be seen.
TEST(SecretsInText, NoneIsLeftInBrokenText) {
  for (const std::string text : {"s: 'p://me:${N ${A:-a/b@c?e://me:${O@c?d}}@${N: "
                                 "'p://me:${N:-${A::-${A:-a/b@c?d}}@${N:-h}/E: -h}/${E:-d}'",
                                 "x://a:b'c@d", "'x://a:b'c@d x://e:f@g"}) {
    const std::string shown = to_display(text);
    for (const auto& [from, to] : find_passwords(shown))
      EXPECT_EQ(shown.substr(from, to - from), "***") << shown;
  }
}

TEST(SecretsInText, MessagesAndHintsShowNone) {
  Diagnostics all;
  all.error({}, "unknown 'foo://me:hunter2@h'", "write 'foo://me:hunter2@h/?token=hunter2'");
  EXPECT_EQ(all.render(),
            "error: unknown 'foo://me:***@h'\n  = write 'foo://me:***@h/?token=***'\n1 error\n");
}

// Hundreds of thousands of steps each, where the square of that would take minutes.
TEST(SecretsInText, TakeTimeLinearInTheText) {
  constexpr std::size_t size = 1 << 20;
  for (const std::string part :
       {"://a:b/", "'x://a:b'", "x://a:b ", "://", "?a=", "?token=a&", "token: a, ", "{token: a} ", "'",
        "\"a://", "x://a:b@", "${a}://a:", "${a:-", "- x://a:", "@", "://a,b:", "password:"}) {
    std::string text;
    while (text.size() < size)
      text += part;
    EXPECT_LE(without_secrets(text).size(), 4 * size) << part;
    EXPECT_LE(to_display(text).size(), 4 * size) << part;
    EXPECT_LE(find_secret_values(text).size(), size) << part;
    const auto file = SourceFile::make("orders.yaml", text + "\n");
    const std::string shown = render({Span{file, size / 2, size / 2 + 1}, "it is wrong", ""});
    EXPECT_LE(shown.size(), 1000U) << part;
  }
}

TEST(SecretsInText, ManyConcealedPlacesOnALine) {
  const auto file = SourceFile::make("orders.yaml", std::string(1 << 20, 'x'));
  std::vector<Span> concealed;
  for (std::size_t i = 0; i < 1 << 18; ++i)
    concealed.push_back({file, 4 * i, 4 * i + 1});
  const std::string shown = render({Span{file, 1 << 19, (1 << 19) + 3}, "it is wrong", ""}, concealed);
  EXPECT_NE(shown.find("***xxx***xxx"), std::string::npos);
}

}  // namespace
}  // namespace hiveframe::config
