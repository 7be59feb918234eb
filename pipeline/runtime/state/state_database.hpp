// The tables of a pipeline's state.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "pipeline/runtime/state/sqlite.hpp"
#include "pipeline/runtime/state/state_store.hpp"

namespace hiveframe::runtime {

/// An open state database, recognised by its application id and checked for damage. One thread at a time; the
/// caller holds the lock.
class StateStore::Database {
 public:
  /// Opens one that is there.
  Database(const std::filesystem::path& path, const std::string& pipeline);

  /// Fills an empty file, durably.
  static void create(const std::filesystem::path& path, const std::string& pipeline);

  StateSnapshot load();
  void commit(const StateChange& change);
  /// Forgets everything but the marks; with any of them the phase is starting_over. Throws Fatal, having
  /// changed nothing, if what is stored is damaged.
  void start_over();

  /// The files are about to be removed: nothing is to be written to them any more.
  void prepare_for_removal() { connection_.skip_checkpoint_on_close(); }

  /// Whether the file may be removed: it is empty or has our application id in its header. Reads the file
  /// itself, for it may be damaged; not to be called while it is open.
  static bool is_state_database(const std::filesystem::path& path);

 private:
  // The one row of its table.
  struct PipelineRow {
    std::string name;
    std::optional<std::string> source_identity;
    std::int64_t phase = 0;

    std::int64_t hash() const;
  };

  void recognise();
  PipelineRow pipeline_row();
  static void store(SqliteConnection& connection, const PipelineRow& row);

  SqliteConnection connection_;
  std::filesystem::path path_;
  std::string pipeline_;
};

}  // namespace hiveframe::runtime
