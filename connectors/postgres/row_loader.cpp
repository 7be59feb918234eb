#include "connectors/postgres/row_loader.hpp"

#include <algorithm>
#include <utility>

#include "connectors/postgres/identifier.hpp"

namespace hiveframe::connectors::postgres {
namespace {

// Lines are handed over in pieces of about this size, and the server works on one while the next is made.
constexpr std::size_t piece = 64 << 10;

// What is sent behind a row that the server refuses is sent in vain: where many are refused, parts stay
// small.
constexpr std::size_t first_part = 64;

constexpr const char* savepoint = "SAVEPOINT part";
constexpr const char* back_to_savepoint = "ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part";
constexpr const char* release_savepoint = "RELEASE SAVEPOINT part";

}  // namespace

std::string copy_statement(const RowGroup& group) {
  return "COPY " + group.target->table.name.sql() + " (" +
         quote_identifiers(group.target->writer.columns_of(group.shape)) + ") FROM STDIN";
}

std::string refusal_of(const ServerError& error, std::string_view table) {
  const std::string column = copy_column(error, table);
  return "PostgreSQL refuses it: " + error.text() + (column.empty() ? "" : "; column '" + column + "'");
}

void RowLoader::refuse(std::size_t record, std::string why) {
  rejections_.try_emplace(record,
                          pipeline::Rejection{record, {record::DataError::Type::rejected, std::move(why)}});
}

std::vector<pipeline::Rejection> RowLoader::take_rejections() {
  std::vector<pipeline::Rejection> all;
  for (auto& [record, rejection] : rejections_)
    all.push_back(std::move(rejection));
  rejections_.clear();
  return all;
}

void RowLoader::copy(const RowGroup& group, std::size_t begin, std::size_t end, const WriteLine& write) {
  sent_.clear();
  lines_.clear();
  std::string problem;
  for (std::size_t i = begin; i < end; ++i) {
    const Row& row = group.rows[i];
    if (rejections_.contains(row.number)) continue;
    if (!write(row, lines_, problem)) {
      refuse(row.number, std::move(problem));
      continue;
    }
    sent_.push_back(i);
    if (lines_.size() < piece) continue;
    connection_.put(lines_);
    lines_.clear();
  }
  connection_.put(lines_);
  connection_.end_copy_in();
}

void AppendLoader::load(const RowGroup& group, std::size_t begin, std::size_t end,
                        const std::string& statements) {
  connection_.begin_copy_in(statements + copy_statement(group));
  RowWriter& writer = group.target->writer;
  copy(group, begin, end, [&writer](const Row& row, std::string& lines, std::string& problem) {
    return writer.take(row.value, problem) && writer.write_line(lines, problem);
  });
}

void RowLoader::load_carefully(const RowGroup& group, std::size_t begin, std::size_t end) {
  std::size_t part = first_part;
  while (begin < end) {
    const std::size_t part_end = begin + std::min(part, end - begin);
    std::optional<ServerError> error;
    connection_.execute(savepoint);
    try {
      load(group, begin, part_end, {});
    } catch (const Failed& failed) {
      if (failed.fault() != Fault::record || failed.connection_lost() || sent_.empty()) throw;
      error = failed.error();
    }
    if (!error) {
      connection_.execute(release_savepoint);
      begin = part_end;
      part *= 2;
      continue;
    }
    part = first_part;
    connection_.execute(back_to_savepoint);
    const std::string& table = copied_table(group);
    const std::optional<std::size_t> line = copy_line(*error, table);
    // Without a line it is told at the end of the statement, of any row.
    const bool is_known = line && *line <= sent_.size();
    if (!is_known && sent_.size() > 1) {
      const std::size_t middle = sent_[sent_.size() / 2];
      load_carefully(group, begin, middle);
      begin = middle;
      continue;
    }
    const std::size_t bad = is_known ? sent_[*line - 1] : sent_.front();
    refuse(group.rows[bad].number, refusal_of(*error, table));
    // These passed, but for what is only told at the end.
    load_carefully(group, begin, bad);
    begin = bad + 1;
  }
}

}  // namespace hiveframe::connectors::postgres
