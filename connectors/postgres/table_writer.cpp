#include "connectors/postgres/table_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "config/did_you_mean.hpp"
#include "connectors/postgres/server_error.hpp"
#include "connectors/postgres/upsert_loader.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::postgres {
namespace {

using pipeline::Fatal;
using pipeline::Rejection;
using pipeline::Retryable;
using record::DataError;

constexpr const char* stopped = "it was stopped";

/// Whether the table may be another than what is known of it.
bool says_it_has_changed(const ServerError& error) {
  constexpr std::array states{"42P01", "42703", "42804", "428C9", "3F000"};
  return std::any_of(states.begin(), states.end(),
                     [&error](const char* each) { return error.sqlstate == each; });
}

/// What is to be done with a record, by its meta.op; false: it cannot be done here.
bool read_operation(const record::Slice& slice, std::size_t i, bool is_upsert, Row& row,
                    std::string& problem) {
  const std::optional<record::Value> op = slice.storage().meta(slice[i], "op");
  if (!op || !op->is(record::Kind::string)) return true;
  if (op->text() == "truncate") {
    problem = "it is a truncation, which cannot be written";
    return false;
  }
  if (op->text() != "delete") return true;
  if (!is_upsert) {
    problem = "it is a deletion, which 'mode: append' cannot write; set 'mode: upsert'";
    return false;
  }
  row.deletion = true;
  if (row.value.is(record::Kind::object)) return true;
  const std::optional<record::Value> before = slice.storage().meta(slice[i], "before");
  if (before && before->is(record::Kind::object)) {
    row.value = *before;
  } else if (slice[i].envelope != nullptr) {
    row.value = slice[i].envelope->key;
  }
  return true;
}

}  // namespace

TableWriter::TableWriter(const SinkSettings& settings, const pipeline::Interrupt& interrupt)
    : settings_(settings), connection_(settings, interrupt) {
  if (std::optional<std::string> name = settings.table->constant())
    table_ = TableName{settings.schema, std::move(*name)};
}

std::string TableWriter::place(const TableName& table) const {
  return table.shown() + " at " + shown_server(settings_);
}

void TableWriter::connect() {
  if (connection_.usable()) return;
  targets_.clear();
  try {
    connection_.connect();
  } catch (const Failed& failed) {
    throw_as_pipeline_error(failed, "connect to", shown_server(settings_));
  }
}

void TableWriter::open() {
  try {
    connect();
    if (table_) constant_target();
  } catch (const Failed& failed) {
    throw_as_pipeline_error(failed, "look up", table_ ? place(*table_) : shown_server(settings_));
  } catch (const pipeline::Interrupted&) {
    throw Retryable({"connect to", shown_server(settings_), stopped, ""});
  }
}

/// nullptr: there is no such table.
Target* TableWriter::find_target(const TableName& name) {
  const auto known = targets_.find(name);
  if (known != targets_.end()) return known->second.get();
  std::optional<Table> table = find_table(connection_, name);
  if (!table) return nullptr;
  if (const std::string wrong = wrong_with_columns(settings_.rules, *table); !wrong.empty())
    throw Fatal({"write to", place(name), wrong, ""});
  const LeftOut left_out = settings_.mode == Mode::upsert ? LeftOut::all : LeftOut::defaults;
  auto target = std::make_unique<Target>(std::move(*table), settings_.rules, left_out);
  if (settings_.mode == Mode::upsert) prepare_upsert(*target);
  return targets_.emplace(name, std::move(target)).first->second.get();
}

/// Its temporary table, and whether the server takes the statement.
void TableWriter::prepare_upsert(Target& target) {
  const TableName& name = target.table.name;
  const ConflictRule* const rule = settings_.on_conflict ? &*settings_.on_conflict : nullptr;
  target.keys = settings_.key_columns;
  if (target.keys.empty() && rule != nullptr) target.keys = rule->columns;
  const std::vector<std::string> columns = target.writer.columns();
  for (const std::string& key : target.keys) {
    if (std::find(columns.begin(), columns.end(), key) != columns.end()) continue;
    throw Fatal({"write to", place(name), "it has no column '" + key + "' to be a key",
                 config::did_you_mean(key, columns)});
  }
  const std::size_t number = stagings_.try_emplace(name, stagings_.size() + 1).first->second;
  target.staging = "hiveframe_rows_" + std::to_string(number);
  target.upsert = std::make_unique<UpsertSql>(name, target.staging, columns, target.keys, rule);
  connection_.execute(target.upsert->drop_staging());
  connection_.execute(target.upsert->create_staging());
  try {
    connection_.execute("EXPLAIN " + target.upsert->insert_all(columns));
  } catch (const Failed& failed) {
    if (failed.connection_lost() || failed.fault() != Fault::person) throw;
    const ServerError& error = failed.error();
    std::string next = advice_for(error);
    if (error.sqlstate == "42P10") next = "create a unique index on the key columns";
    const std::size_t begin = std::string_view("EXPLAIN ").size() + target.upsert->rule_begins(columns);
    std::size_t at = 0;
    std::from_chars(error.position.data(), error.position.data() + error.position.size(), at);
    if (rule != nullptr && at >= begin) {
      if (!next.empty()) next += "; ";
      next += "see character " + std::to_string(at - begin + 1) + " of on_conflict: " + rule->clause;
    }
    throw Fatal({"write to", place(name), error.text(), next});
  }
}

std::unique_ptr<RowLoader> TableWriter::new_loader() {
  if (settings_.mode == Mode::upsert) return std::make_unique<UpsertLoader>(connection_);
  return std::make_unique<AppendLoader>(connection_);
}

Target& TableWriter::constant_target() {
  if (Target* const target = find_target(*table_)) return *target;
  throw Fatal({"write to", place(*table_), "there is no such table", near_tables(connection_, *table_)});
}

/// Which COPY each record goes with. Refuses what is no row of its table.
std::vector<RowGroup> TableWriter::group_rows(const pipeline::WriteRequest& request, RowLoader& loader) {
  std::vector<RowGroup> groups;
  std::map<std::pair<Target*, Shape>, std::size_t> places;
  Target* target = table_ ? &constant_target() : nullptr;
  // Then the rows are looked at when they are written.
  const bool is_upsert = settings_.mode == Mode::upsert;
  const bool is_one = target != nullptr && (is_upsert || target->writer.has_one_shape());
  if (is_one) groups.push_back({target, {}, {}});
  std::string problem;
  std::size_t number = 0;
  for (const record::Slice& slice : request.slices) {
    for (std::size_t i = 0; i < slice.size(); ++i, ++number) {
      Row row{slice[i].value, number};
      if (!read_operation(slice, i, is_upsert, row, problem)) {
        loader.refuse(number, std::move(problem));
        continue;
      }
      if (is_one) {
        groups.front().rows.push_back(row);
        continue;
      }
      if (!table_) {
        TableName name{settings_.schema, std::string(slice.computed(i, 0))};
        std::string wrong = wrong_with_name(name.table);
        target = wrong.empty() ? find_target(name) : nullptr;
        if (target == nullptr) {
          loader.refuse(
              number, wrong.empty() ? "there is no table " + name.shown() : "the name of its table " + wrong);
          continue;
        }
      }
      if (!is_upsert && !target->writer.take(row.value, problem)) {
        loader.refuse(number, std::move(problem));
        continue;
      }
      const Shape shape = is_upsert ? Shape() : target->writer.shape();
      const auto [found, is_new] = places.try_emplace({target, shape}, groups.size());
      if (is_new) groups.push_back({target, shape, {}});
      groups[found->second].rows.push_back(row);
    }
  }
  return groups;
}

std::vector<Rejection> TableWriter::write(const pipeline::WriteRequest& request) {
  const std::string against = table_ ? place(*table_) : shown_server(settings_);
  // What is known of tables may be old: then everything is looked at once more.
  for (bool again = false;; again = true) {
    committing_ = false;
    try {
      connect();
      const std::unique_ptr<RowLoader> owned = new_loader();
      RowLoader& loader = *owned;
      const std::vector<RowGroup> groups = group_rows(request, loader);
      if (loader.any_rejected() && !again) {
        targets_.clear();
        continue;
      }
      write_groups(groups, loader);
      return loader.take_rejections();
    } catch (const Failed& failed) {
      if (!failed.connection_lost() && !again && says_it_has_changed(failed.error())) {
        roll_back();
        targets_.clear();
        continue;
      }
      if (!failed.connection_lost() && failed.fault() == Fault::record) {
        // Told by the commit, of any of them.
        roll_back();
        throw pipeline::BadBatch(
            {DataError::Type::rejected, refusal_of(failed.error(), table_ ? table_->table : "")});
      }
      const bool unknown = committing_ && failed.connection_lost();
      if (!failed.connection_lost()) roll_back();
      throw_as_pipeline_error(failed, "write to", against, unknown);
    } catch (const pipeline::Interrupted&) {
      throw Retryable({"write to", against, stopped, ""}, committing_);
    }
  }
}

void TableWriter::write_groups(const std::vector<RowGroup>& groups, RowLoader& loader) {
  if (groups.empty()) return;
  try {
    if (groups.size() == 1 && settings_.mode == Mode::append) {
      // By itself, a COPY is a transaction.
      committing_ = true;
      loader.load(groups.front(), 0, groups.front().rows.size(), {});
      return;
    }
    std::string before = "BEGIN; ";
    for (const RowGroup& group : groups) {
      loader.load(group, 0, group.rows.size(), before);
      before.clear();
    }
    committing_ = true;
    connection_.execute("COMMIT");
    return;
  } catch (const Failed& failed) {
    if (failed.fault() != Fault::record || failed.connection_lost()) throw;
  }
  committing_ = false;
  roll_back();
  write_carefully(groups, loader);
}

void TableWriter::write_carefully(const std::vector<RowGroup>& groups, RowLoader& loader) {
  connection_.execute("BEGIN");
  for (const RowGroup& group : groups)
    loader.load_carefully(group, 0, group.rows.size());
  committing_ = true;
  connection_.execute("COMMIT");
}

void TableWriter::roll_back() {
  // Outside of a transaction it only warns.
  connection_.execute("ROLLBACK");
}

}  // namespace hiveframe::connectors::postgres
