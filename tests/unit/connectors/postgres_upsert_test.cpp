// The clauses and statements of upserts.

#include <gmock/gmock.h>

#include "config/option_table.hpp"
#include "connectors/postgres/conflict_rule.hpp"
#include "connectors/postgres/sink_settings.hpp"
#include "connectors/postgres/upsert_sql.hpp"
#include "tests/unit/connectors/harness.hpp"

namespace hiveframe::testing {
namespace {

using namespace connectors::postgres;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ConflictRule rule(std::string_view text) {
  std::string problem;
  std::optional<ConflictRule> parsed = parse_conflict_rule(text, problem);
  EXPECT_TRUE(parsed) << problem;
  return parsed.value_or(ConflictRule{});
}

TEST(PostgresConflictRule, IsTakenApart) {
  const ConflictRule plain = rule("  (id, \"Country \"\"x\"\"\" , ID2)\n DO UPDATE SET n = EXCLUDED.n ");
  EXPECT_EQ(plain.clause, "(id, \"Country \"\"x\"\"\" , ID2)\n DO UPDATE SET n = EXCLUDED.n");
  EXPECT_EQ(plain.target, "id, \"Country \"\"x\"\"\" , ID2");
  EXPECT_THAT(plain.columns, ElementsAre("id", "Country \"x\"", "id2"));
  EXPECT_FALSE(plain.uses_alias);
  const ConflictRule expression = rule("(lower(name), coalesce(b, ')')) WHERE c DO NOTHING");
  EXPECT_EQ(expression.target, "lower(name), coalesce(b, ')')");
  EXPECT_THAT(expression.columns, IsEmpty());
  EXPECT_THAT(rule("(name COLLATE \"C\") DO NOTHING").columns, IsEmpty());
  const ConflictRule constraint = rule("ON CONSTRAINT Orders_PK DO UPDATE SET n = t.n + EXCLUDED.n");
  EXPECT_EQ(constraint.constraint, "orders_pk");
  EXPECT_EQ(constraint.target, "");
  EXPECT_TRUE(constraint.uses_alias);
  EXPECT_EQ(rule("do nothing").clause, "do nothing");
}

TEST(PostgresConflictRule, KnowsItsAlias) {
  EXPECT_TRUE(rule("(id) DO UPDATE SET n = t.n + 1").uses_alias);
  EXPECT_TRUE(rule("(id) DO UPDATE SET n = coalesce(t.n, 1)").uses_alias);
  EXPECT_FALSE(rule("(id) DO UPDATE SET n = amount.n + EXCLUDED.t").uses_alias);
  EXPECT_FALSE(rule("(id) DO UPDATE SET n = \"t.n\".x").uses_alias);
}

TEST(PostgresConflictRule, RefusesWhatIsNone) {
  for (const auto& [text, why] : std::vector<std::pair<std::string, std::string>>{
           {"(id DO NOTHING", "lacks the closing bracket"},
           {"('a)' DO NOTHING", "lacks the closing bracket"},
           {"id DO UPDATE SET a = 1", "begins neither with columns in brackets nor with ON CONSTRAINT or DO"},
           {"ON CONSTRAINT", "begins neither with columns in brackets nor with ON CONSTRAINT or DO"},
           {"", "begins neither with columns in brackets nor with ON CONSTRAINT or DO"},
           {"donothing", "begins neither with columns in brackets nor with ON CONSTRAINT or DO"}}) {
    std::string problem;
    EXPECT_FALSE(parse_conflict_rule(text, problem)) << text;
    EXPECT_EQ(problem, why) << text;
  }
}

TEST(PostgresUpsertSql, ReplacesWhatARowGives) {
  EXPECT_EQ(replacing_clause({"id"}, {"id", "a\"b"}),
            "(\"id\") DO UPDATE SET \"a\"\"b\" = EXCLUDED.\"a\"\"b\"");
  EXPECT_EQ(replacing_clause({"a", "b"}, {"b", "a"}), "(\"a\", \"b\") DO NOTHING") << "nothing but its key";
}

TEST(PostgresUpsertSql, GoesThroughATemporaryTable) {
  const UpsertSql sql({"public", "o"}, "rows_1", {"id", "n"}, {"id"}, nullptr);
  EXPECT_EQ(sql.create_staging(),
            "CREATE TEMPORARY TABLE \"rows_1\" ON COMMIT DELETE ROWS AS SELECT \"id\", \"n\", 0::int4 AS "
            "\"hiveframe kind\", 0::int4 AS \"hiveframe row\" FROM \"public\".\"o\" WITH NO DATA");
  EXPECT_EQ(sql.drop_staging(), "DROP TABLE IF EXISTS pg_temp.\"rows_1\"");
  EXPECT_EQ(sql.copy(),
            "COPY pg_temp.\"rows_1\" (\"id\", \"n\", \"hiveframe kind\", \"hiveframe row\") FROM STDIN");
  EXPECT_EQ(sql.insert_all({"id", "n"}),
            "INSERT INTO \"public\".\"o\" (\"id\", \"n\") OVERRIDING SYSTEM VALUE SELECT \"id\", \"n\" FROM "
            "pg_temp.\"rows_1\" ORDER BY \"hiveframe row\" ON CONFLICT (\"id\") DO UPDATE SET \"n\" = "
            "EXCLUDED.\"n\"");
  EXPECT_THAT(sql.turns(), HasSubstr("row_number() OVER (PARTITION BY \"id\" ORDER BY \"hiveframe row\")"));
  EXPECT_THAT(sql.insert({"id"}, "2", "0"),
              HasSubstr("WHERE \"hiveframe turn\" = 2 AND \"hiveframe kind\" = 0 ORDER BY"));
  EXPECT_THAT(sql.erase("3"), HasSubstr("WHERE r.\"hiveframe turn\" = 3 AND r.\"hiveframe kind\" = -1 AND "
                                        "t.\"id\" = r.\"id\""));
}

TEST(PostgresUpsertSql, TakesAClauseAsItIsAndSaysWhereItStands) {
  const ConflictRule adding = rule("(lower(id)) DO UPDATE SET n = t.n + EXCLUDED.n");
  const UpsertSql sql({"public", "ö"}, "rows_1", {"id", "n"}, {}, &adding);
  EXPECT_THAT(sql.insert_all({"id"}), HasSubstr("INSERT INTO \"public\".\"ö\" AS t (\"id\")"));
  EXPECT_THAT(sql.turns(), HasSubstr("PARTITION BY lower(id) ORDER"));
  const std::string whole = sql.insert_all({"id"});
  // Characters, of which 'ö' is one.
  EXPECT_EQ(sql.rule_begins({"id"}), whole.find("(lower(id)) DO") - 1 + 1);
  const ConflictRule nothing = rule("DO NOTHING");
  EXPECT_THAT(UpsertSql({"s", "t"}, "r", {"id"}, {}, &nothing).turns(), HasSubstr("SELECT *, 1 AS"));
}

std::string problems(const std::string& yaml) {
  std::string said;
  settings_from(sink_options(), "table: t\n" + yaml, "/", &said);
  return said;
}

TEST(PostgresUpsertSettings, AreCheckedTogether) {
  EXPECT_THAT(problems("mode: upsert"), HasSubstr("an upsert needs 'key_columns'"));
  EXPECT_THAT(problems("key_columns: id"), HasSubstr("'key_columns' has no effect with 'mode: append'"));
  EXPECT_THAT(problems("on_conflict: (id) DO NOTHING"), HasSubstr("'on_conflict' has no effect"));
  EXPECT_THAT(problems("mode: upsert\non_conflict: id"), HasSubstr("the clause begins neither with"));
  EXPECT_THAT(problems("mode: upsert\nkey_columns: [a, b]\ncolumns: {a: x}"),
              HasSubstr("'columns' lacks 'b'"));
  EXPECT_EQ(problems("mode: upsert\nkey_columns: [a, b]\ncolumns: {a: x, b: y}"), "");
}

}  // namespace
}  // namespace hiveframe::testing
