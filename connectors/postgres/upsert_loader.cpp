#include "connectors/postgres/upsert_loader.hpp"

#include <charconv>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <string_view>

namespace hiveframe::connectors::postgres {
namespace {

// Where one batch had keys that came again, so many others will.
constexpr int batches_alike = 64;

// ON CONFLICT DO UPDATE command cannot affect row a second time.
constexpr const char* cardinality_violation = "21000";

}  // namespace

void UpsertLoader::load(const RowGroup& group, std::size_t begin, std::size_t end,
                        const std::string& statements) {
  Target& target = *group.target;
  const UpsertSql& sql = *target.upsert;
  // Of what was loaded before in the same transaction; empty otherwise.
  const std::string before = begin == 0 && end == group.rows.size() ? "" : sql.empty_staging() + "; ";
  connection_.begin_copy_in(statements + before + sql.copy());
  std::map<Shape, int> numbers;
  Kinds kinds;
  bool deletes = false;
  RowWriter& writer = target.writer;
  copy(group, begin, end, [&](const Row& row, std::string& lines, std::string& problem) {
    const bool taken = row.deletion ? writer.take_deletion(row.value, target.keys, problem)
                                    : writer.take(row.value, problem);
    if (!taken || !writer.write_all(lines, problem)) return false;
    int kind = UpsertSql::deletion;
    if (row.deletion) {
      deletes = true;
    } else {
      const auto [found, is_new] = numbers.try_emplace(writer.shape(), static_cast<int>(kinds.size()));
      if (is_new) kinds.push_back(writer.columns_of(writer.shape()));
      kind = found->second;
    }
    fmt::format_to(std::back_inserter(lines), "\t{}\t{}\n", kind, row.number);
    return true;
  });
  if (sent_.empty()) return;
  if (!deletes && kinds.size() == 1 && insert_at_once(target, kinds)) return;
  take_turns(target, kinds);
}

/// False, with nothing done: a key comes again.
bool UpsertLoader::insert_at_once(Target& target, const Kinds& kinds) {
  if (target.repeats_expected > 0) {
    --target.repeats_expected;
    return false;
  }
  try {
    connection_.execute("SAVEPOINT once; " + target.upsert->insert_all(kinds.front()) +
                        "; RELEASE SAVEPOINT once");
    return true;
  } catch (const Failed& failed) {
    if (failed.connection_lost() || failed.error().sqlstate != cardinality_violation) throw;
  }
  connection_.execute("ROLLBACK TO SAVEPOINT once; RELEASE SAVEPOINT once");
  target.repeats_expected = batches_alike;
  return false;
}

void UpsertLoader::take_turns(const Target& target, const Kinds& kinds) {
  const Result turns = connection_.execute(target.upsert->turns());
  for (std::size_t i = 0; i < turns.rows(); ++i) {
    const std::string_view turn = turns.text(i, 0);
    const std::string_view digits = turns.text(i, 1);
    int kind = UpsertSql::deletion;
    std::from_chars(digits.data(), digits.data() + digits.size(), kind);
    if (kind == UpsertSql::deletion) {
      connection_.execute(target.upsert->erase(turn));
    } else {
      connection_.execute(target.upsert->insert(kinds[static_cast<std::size_t>(kind)], turn, digits));
    }
  }
}

}  // namespace hiveframe::connectors::postgres
