#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;

// Fields against constants have a way of their own through the evaluator. It must give what the general
// way gives, which `[record.x][0]` takes; errors are the same but for their column.
class FieldAgainstConstant : public testing::Test {
 protected:
  FieldAgainstConstant() {
    sample_.add("text", Value::string("abc"));
    sample_.add("empty", Value::string(""));
    sample_.add("int", Value::int64(3));
    sample_.add("zero", Value::int64(0));
    sample_.add("least", Value::int64(INT64_MIN));
    sample_.add("past_exact", Value::int64(9007199254740993));
    sample_.add("uint", Value::uint64(UINT64_MAX));
    sample_.add("double", Value::float64(3.0));
    sample_.add("fraction", Value::float64(3.5));
    sample_.add("negative_zero", Value::float64(-0.0));
    sample_.add("nan", Value::float64(0.0 / 0.0));
    sample_.add("decimal", Value::decimal("3.00000000000000000001"));
    sample_.add("yes", Value::boolean(true));
    sample_.add("nothing", Value());
    sample_.add("octets", Value::bytes("abc"));
    sample_.add("local", Value::timestamp(3, 0, true));
    sample_.add("day", Value::date(3));
    sample_.add("long", Value::duration(3, 0));
    sample_.add("list", sample_.value_of("[3]"));
    sample_.add("object", sample_.value_of("{'a': 3, 'b': {'c': 'abc'}}"));
  }

  static std::string without_place(std::string result) {
    return result.starts_with("error: ") ? result.substr(0, result.rfind(" at column ")) : result;
  }

  Sample sample_;
};

TEST_F(FieldAgainstConstant, IsWhatTheGeneralWayGives) {
  std::vector<std::string> fields = {"absent", "object.a", "object.b.c", "object.absent.c", "text.a"};
  for (const record::Member& member : sample_.draft().value().members())
    fields.emplace_back(member.name);
  const std::string_view constants[] = {"3",
                                        "3u",
                                        "3.0",
                                        "0",
                                        "9007199254740992.0",
                                        "-9223372036854775808",
                                        "18446744073709551615u",
                                        "'abc'",
                                        "''",
                                        "b'abc'",
                                        "true",
                                        "null",
                                        "[3]",
                                        "{'a': 3}",
                                        "duration('3s')",
                                        "timestamp('1970-01-01T00:00:03Z')"};
  std::size_t compared = 0;
  for (const std::string& field : fields) {
    for (const std::string_view constant : constants) {
      for (const std::string_view op : {" == ", " != ", " < ", " <= ", " > ", " >= "}) {
        const std::string right(constant);
        const std::string of(op);
        const std::string direct = sample_("record." + field + of + right);
        if (direct.starts_with("problem ")) continue;  // the same for both: null and lists have no order
        EXPECT_EQ(without_place(direct), without_place(sample_("[record." + field + "][0]" + of + right)))
            << "record." << field << op << constant;
        EXPECT_EQ(without_place(sample_(right + of + "record." + field)),
                  without_place(sample_(right + of + "[record." + field + "][0]")))
            << constant << op << "record." << field;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, fields.size() * 60);
}

TEST_F(FieldAgainstConstant, HasItsErrorsWithOperandsInTheirOrder) {
  EXPECT_EQ(sample_("record.text < 1"), "error: no such operation: string < int at column 13");
  EXPECT_EQ(sample_("1 < record.text"), "error: no such operation: int < string at column 3");
  EXPECT_EQ(sample_("1.5 >= record.absent"),
            "error: no such operation: double >= null at column 5; record.absent is null or absent, try "
            "record.absent != null && …");
  EXPECT_EQ(sample_("!(1 < record.text)"), "error: no such operation: int < string at column 5");
}

// Short texts are compared by their ends, which overlap or meet.
TEST(ShortText, IsComparedInEveryByte) {
  for (std::size_t size = 0; size <= 40; ++size) {
    std::string name(size, 'n');
    for (std::size_t i = 0; i < size; ++i)
      name[i] = static_cast<char>('a' + i % 26);
    Sample sample;
    sample.add(name, Value::string(name));
    EXPECT_EQ(sample("record['" + name + "'] == '" + name + "'"), "true") << size;
    EXPECT_EQ(sample("record['" + name + "'] == '" + name + "a'"), "false") << size;
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = name;
      other[i] = '!';
      EXPECT_EQ(sample("record['" + name + "'] == '" + other + "'"), "false") << size << " " << i;
      EXPECT_EQ(sample("record['" + other + "'] == null"), "true") << size << " " << i;
    }
  }
}

/// A record whose tree nobody built yet.
class Unbuilt final : public record::LazyTree {
 public:
  Value build(record::Arena&) override {
    ++built;
    return value;
  }
  std::optional<Value> find(std::span<const std::string_view> path, record::Arena&) override {
    const Value* at = &value;
    for (const std::string_view name : path) {
      at = at->find(name);
      if (at == nullptr) return std::nullopt;
    }
    return *at;
  }

  Value value;
  int built = 0;
};

TEST(UnbuiltRecord, IsComparedWithoutATree) {
  Sample sample("{'status': 'paid', 'user': {'id': 7}}");
  Unbuilt lazy;
  lazy.value = sample.draft().value();
  sample.draft().record().tree = false;
  sample.draft().record().value = Value();
  sample.draft().decoded_by(&lazy);
  EXPECT_EQ(sample("record.status == 'paid' && record.user.id > 6 && !has(record.user.name)"), "true");
  EXPECT_EQ(sample("7 != record.user.id || record.status < 'paid' || record.none.id == 7"), "false");
  EXPECT_EQ(sample("record.status.paid == null"), "true");
  EXPECT_EQ(lazy.built, 0);
}

}  // namespace
}  // namespace hiveframe::expr
