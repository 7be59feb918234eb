#include "connectors/postgres/table_writer.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "connectors/postgres/server_error.hpp"
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
  auto target = std::make_unique<Target>(std::move(*table), settings_.rules);
  return targets_.emplace(name, std::move(target)).first->second.get();
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
  const bool is_one = target != nullptr && target->writer.has_one_shape();
  if (is_one) groups.push_back({target, {}, {}});
  std::string problem;
  std::size_t number = 0;
  for (const record::Slice& slice : request.slices) {
    for (std::size_t i = 0; i < slice.size(); ++i, ++number) {
      const Row row{&slice[i].value, number};
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
      if (!target->writer.take(*row.value, problem)) {
        loader.refuse(number, std::move(problem));
        continue;
      }
      const auto [found, is_new] = places.try_emplace({target, target->writer.shape()}, groups.size());
      if (is_new) groups.push_back({target, target->writer.shape(), {}});
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
      RowLoader loader(connection_);
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
    if (groups.size() == 1) {
      // By itself, a COPY is a transaction.
      committing_ = true;
      loader.load(groups.front(), 0, groups.front().rows.size());
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
