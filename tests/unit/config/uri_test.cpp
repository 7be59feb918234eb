#include "config/uri.hpp"

#include <gtest/gtest.h>

#include "config/secrets_in_text.hpp"
#include "config/uri_passwords.hpp"

namespace hiveframe::config {
namespace {

const std::vector<std::string> words = {"stdin", "-"};

struct Split {
  explicit Split(const std::string& text)
      : file(SourceFile::make("argument", text)),
        uri(split_uri(LocatedText(file, 0, text), words, diagnostics)) {}
  Diagnostics diagnostics;
  SourceFilePtr file;
  std::optional<Uri> uri;
};

std::string problems(const std::string& text) {
  Split split(text);
  EXPECT_FALSE(split.uri) << text;
  return split.diagnostics.render();
}

TEST(Uri, AllPieces) {
  const Split split("postgresql://me:p%40ss@db.example.com:5432/ware/house?table=orders&a=b=c");
  ASSERT_TRUE(split.uri) << split.diagnostics.render();
  const Uri& uri = *split.uri;
  EXPECT_EQ(uri.form, Uri::Form::uri);
  EXPECT_EQ(uri.scheme.str(), "postgresql");
  EXPECT_EQ(uri.user->str(), "me");
  EXPECT_EQ(uri.password->str(), "p%40ss");
  EXPECT_TRUE(uri.password->secret());
  ASSERT_EQ(uri.hosts.size(), 1U);
  EXPECT_EQ(uri.hosts[0].name.str(), "db.example.com");
  EXPECT_EQ(uri.hosts[0].port.str(), "5432");
  EXPECT_EQ(uri.path.str(), "/ware/house");
  ASSERT_EQ(uri.query.size(), 2U);
  EXPECT_EQ(uri.query[0].name.str(), "table");
  EXPECT_EQ(uri.query[0].value.str(), "orders");
  EXPECT_EQ(uri.query[0].value.span().position(), (LineColumn{1, 61}));
  EXPECT_EQ(uri.query[1].value.str(), "b=c");
}

TEST(Uri, SeveralHostsAndIpv6) {
  const Split split("kafka://k1:9092,k2,[::1]:9093/orders");
  ASSERT_TRUE(split.uri);
  ASSERT_EQ(split.uri->hosts.size(), 3U);
  EXPECT_EQ(split.uri->hosts[0].both.str(), "k1:9092");
  EXPECT_TRUE(split.uri->hosts[1].port.empty());
  EXPECT_EQ(split.uri->hosts[2].name.str(), "::1");
  EXPECT_EQ(split.uri->hosts[2].port.str(), "9093");
}

TEST(Uri, WordsAndPaths) {
  EXPECT_EQ(Split("stdin").uri->form, Uri::Form::word);
  EXPECT_EQ(Split("-").uri->form, Uri::Form::word);
  EXPECT_EQ(Split("./stdin").uri->form, Uri::Form::path);
  const Split path("/var/log/*.json?#%x");
  ASSERT_TRUE(path.uri);
  EXPECT_EQ(path.uri->path.str(), "/var/log/*.json?#%x");
  const Split file("file:///var/a%20b");
  EXPECT_TRUE(file.uri->hosts.empty());
  EXPECT_EQ(file.uri->path.str(), "/var/a%20b");
  // Not a scheme.
  EXPECT_EQ(Split("a b://c").uri->form, Uri::Form::path);
  EXPECT_EQ(Split("://c").uri->form, Uri::Form::path);
}

TEST(Uri, ReferencesTakeNoPartInTheCutting) {
  const Split split("pg://${U:-a@b/c}:${PW:-x:y?z}@${H:-h,i}:${P}/${D:-a/b#c}?x=${X:-1&y=2}");
  ASSERT_TRUE(split.uri) << split.diagnostics.render();
  EXPECT_EQ(split.uri->user->str(), "${U:-a@b/c}");
  EXPECT_EQ(split.uri->password->str(), "${PW:-x:y?z}");
  ASSERT_EQ(split.uri->hosts.size(), 1U);
  EXPECT_EQ(split.uri->hosts[0].name.str(), "${H:-h,i}");
  EXPECT_EQ(split.uri->hosts[0].port.str(), "${P}");
  EXPECT_EQ(split.uri->path.str(), "/${D:-a/b#c}");
  ASSERT_EQ(split.uri->query.size(), 1U);
  EXPECT_EQ(split.uri->query[0].value.str(), "${X:-1&y=2}");
}

TEST(Uri, OfHttpOnlyTheSchemeIsTaken) {
  const Split split("https://u:p@h/a?b&c#d");
  ASSERT_TRUE(split.uri);
  EXPECT_EQ(split.uri->scheme.str(), "https");
  EXPECT_TRUE(split.uri->query.empty());
}

TEST(Uri, Problems) {
  EXPECT_EQ(problems("kafka://k1/a#b"),
            "argument:1:13: error: a '#' begins a fragment, which has no meaning here\n"
            "  1 | kafka://k1/a#b\n"
            "    |             ^~\n"
            "    = write %23 if it belongs to the text\n"
            "1 error in 1 file\n");
  EXPECT_EQ(problems("kafka://k1:9o92/a"),
            "argument:1:12: error: the port is no number from 1 to 65535\n"
            "  1 | kafka://k1:9o92/a\n"
            "    |            ^~~~\n"
            "1 error in 1 file\n");
  EXPECT_EQ(problems("kafka://k1:/a"),
            "argument:1:12: error: a port is missing after ':'\n"
            "  1 | kafka://k1:/a\n"
            "    |            ^\n"
            "1 error in 1 file\n");
  EXPECT_EQ(problems("kafka://k1,,k2/a"),
            "argument:1:12: error: a host's name is missing\n"
            "  1 | kafka://k1,,k2/a\n"
            "    |            ^\n"
            "1 error in 1 file\n");
  EXPECT_EQ(problems("kafka://[::1/a"),
            "argument:1:9: error: broken brackets around an IPv6 address\n"
            "  1 | kafka://[::1/a\n"
            "    |         ^~~~\n"
            "    = write [::1]:9092\n"
            "1 error in 1 file\n");
  EXPECT_EQ(problems("kafka://::1/a"),
            "argument:1:9: error: more than one ':' in a host\n"
            "  1 | kafka://::1/a\n"
            "    |         ^~~\n"
            "    = an IPv6 address stands in brackets: [::1]:9092\n"
            "1 error in 1 file\n");
  EXPECT_EQ(problems("kafka://k1/a?x"),
            "argument:1:14: error: query parameter 'x' has no value\n"
            "  1 | kafka://k1/a?x\n"
            "    |              ^\n"
            "    = write name=value\n"
            "1 error in 1 file\n");
  EXPECT_EQ(problems("kafka://k1/a?=x"),
            "argument:1:14: error: query parameter '=x' has no name\n"
            "  1 | kafka://k1/a?=x\n"
            "    |              ^~\n"
            "    = write name=value\n"
            "1 error in 1 file\n");
  EXPECT_EQ(problems("kafka://k1/a?x=1&"),
            "argument:1:18: error: an empty query parameter\n"
            "  1 | kafka://k1/a?x=1&\n"
            "    |                  ^\n"
            "    = remove the '&' or '?'\n"
            "1 error in 1 file\n");
  EXPECT_EQ(problems(""),
            "argument:1:1: error: expected a URI or a path, found an empty text\n  1 |\n    | ^\n1 error in "
            "1 file\n");
}

TEST(Uri, APasswordThatEndsTheAuthorityIsNotShown) {
  const std::string said = problems("pg://me:hun/ter2@host/db");
  EXPECT_EQ(said,
            "argument:1:9: error: the password is cut off by one of '/', '?', '#'\n"
            "  1 | pg://me:***@host/db\n"
            "    |         ^~~\n"
            "    = percent-encode it (%2F, %3F, %23), or take it from a variable: ${PASSWORD}\n"
            "1 error in 1 file\n");
}

std::string decoded(const std::string& text) {
  Diagnostics diagnostics;
  const auto result = percent_decode(LocatedText(SourceFile::make("f", text), 0, text), diagnostics);
  return result ? result->str() : diagnostics.sorted().at(0).message;
}

TEST(Uri, PercentDecoding) {
  EXPECT_EQ(decoded("a%20b+c%2f"), "a b+c/");
  EXPECT_EQ(decoded("%C3%A9"), "é");
  EXPECT_EQ(decoded("${A:-%20}%20"), "${A:-%20} ");
  // Decoding must not make a reference, so it is escaped for the interpolation that follows.
  EXPECT_EQ(decoded("%24%7BA}"), "$${A}");
  EXPECT_EQ(decoded("$%7BA}"), "$${A}");
  EXPECT_EQ(decoded("%24{A}"), "$${A}");
  EXPECT_EQ(decoded("$${A}%20"), "$${A} ");
  for (const char* bad : {"%", "%2", "%zz", "%2${A}"})
    EXPECT_EQ(decoded(bad), "'%' is not followed by the code of a character") << bad;
  EXPECT_EQ(decoded("a%00"), "'%00' cannot stand in a URI: no name holds that character");
  EXPECT_EQ(decoded("%FF"), "not valid UTF-8 after percent-decoding");
}

TEST(Uri, Display) {
  EXPECT_EQ(to_display("kafka://k1/a"), "kafka://k1/a");
  EXPECT_EQ(to_display("pg://me:pw@h/db"), "pg://me:***@h/db");
  EXPECT_EQ(to_display("pg://me:p@w@h/db"), "pg://me:***@h/db");
  EXPECT_EQ(to_display("pg://me:p/w?x#@h/db"), "pg://me:***@h/db");
  EXPECT_EQ(to_display("pg://me@h:5432/a@b"), "pg://me@h:5432/a@b");
  EXPECT_EQ(to_display("http://h:80/x@y"), "http://h:80/x@y");
  EXPECT_EQ(to_display("http://[::1]/x@y"), "http://[::1]/x@y");
  EXPECT_EQ(to_display("pg://h/db?password=x&user=u&sslkey=k&token="),
            "pg://h/db?password=***&user=u&sslkey=***&token=");
  EXPECT_EQ(to_display("http://a:b@c/ http://d:e@f/"), "http://a:***@c/ http://d:***@f/");
  EXPECT_EQ(to_display(""), "");
}

TEST(Uri, APasswordIsNotShownWhateverItHolds) {
  const std::vector<std::string> passwords = {"it's",  "\"",  "two words",          "<x>",
                                              "a://b", "a:b", "*/h?password=\"x&t", "*/h?password=x y&t",
                                              "1,b",   "a\nb"};
  for (const std::string& password : passwords) {
    const std::string uri = "pg://me:" + password + "@h/db";
    EXPECT_EQ(to_display(uri), "pg://me:***@h/db") << uri;
  }
  EXPECT_EQ(to_display("pg://me:x?token=a@b&c=d"), "pg://me:***&c=d");
}

}  // namespace
}  // namespace hiveframe::config
