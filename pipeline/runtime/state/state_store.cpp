#include "pipeline/runtime/state/state_store.hpp"

#include <cassert>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "pipeline/errors.hpp"
#include "pipeline/file_names.hpp"
#include "pipeline/runtime/state/state_database.hpp"
#include "pipeline/runtime/state/state_lock.hpp"

namespace hiveframe::runtime {

namespace {

namespace fs = std::filesystem;

// Positions and paths are nobody else's business.
constexpr mode_t private_folder = 0700;
constexpr mode_t private_file = 0600;

// SQLite's companions of a database file. The shared memory file is made only by other programs.
constexpr const char* companions[] = {"-wal", "-shm", "-journal"};

// Of a folder that somebody may not use the path is what can be changed at once.
[[noreturn]] void throw_folder_error(int error_number, const char* tried, const fs::path& folder) {
  if (error_number != EACCES && error_number != EPERM && error_number != EROFS)
    pipeline::throw_file_error(error_number, tried, folder.string());
  throw pipeline::Fatal({tried, folder.string(), std::generic_category().message(error_number),
                         "give the user that runs this permission to it, or name another with --state-dir"});
}

void make_folder(const fs::path& folder) {
  fs::path made;
  for (const fs::path& part : folder) {
    made /= part;
    if (::mkdir(made.c_str(), private_folder) == 0 || errno == EEXIST) continue;
    const int error_number = errno;
    // A read-only or foreign folder on the way is no obstacle as long as it leads on.
    struct stat found {};
    if (::stat(made.c_str(), &found) == 0) continue;
    throw_folder_error(error_number, "make the state folder", made);
  }
  struct stat found {};
  if (::stat(folder.c_str(), &found) == 0 && !S_ISDIR(found.st_mode)) {
    pipeline::throw_file_error(ENOTDIR, "use the state folder", folder.string());
  }
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
    throw_folder_error(errno, "write to the state folder", folder);
}

void sync_folder(const fs::path& folder) {
  const int error_number = pipeline::sync_folder(folder.string());
  if (error_number != 0) pipeline::throw_file_error(error_number, "sync the state folder", folder.string());
}

void remove_companions(const fs::path& database) {
  for (const char* suffix : companions)
    pipeline::remove_file(database.string() + suffix);
}

// The database goes first, for a log without its database is recognised and removed at the next opening,
// while a database without its log would be an older state taken for the newest.
void remove_database(const fs::path& database) {
  pipeline::remove_file(database.string());
  sync_folder(database.parent_path());
  remove_companions(database);
}

// Whether there is one; what stands in its place and is none is named.
bool is_there(const fs::path& database) {
  const int descriptor = ::open(database.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT) return false;
    pipeline::throw_file_error(errno, "use the state in", database.string());
  }
  ::close(descriptor);
  return true;
}

// An empty file, ours alone.
void make_file(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, private_file);
  if (descriptor < 0) pipeline::throw_file_error(errno, "make", path.string());
  ::close(descriptor);
}

}  // namespace

bool StateChange::empty() const {
  return !source_identity && !phase && lanes.empty() && erased_marks.empty() && marks.empty() && !sinks;
}

std::optional<std::string> check_identity(const std::string& pipeline, const std::string& stored,
                                          const std::string& current) {
  if (stored == current) return std::nullopt;
  return "the stored positions of pipeline '" + pipeline + "' belong to another source: they are of " +
         stored + ", and the source is now " + current +
         "; run once with --from-start to forget them and read from the beginning, or give the pipeline "
         "another "
         "name";
}

StateStore::StateStore(const fs::path& state_dir, const std::string& pipeline, Start start)
    : pipeline_(pipeline) {
  const fs::path folder = fs::absolute(state_dir);
  const std::string stem = state_file_stem(pipeline);
  make_folder(folder);
  path_ = folder / (stem + ".db");
  lock_ = std::make_unique<Lock>(folder / (stem + ".lock"), pipeline);
  std::error_code error;
  if (start == Start::over && fs::exists(path_, error)) {
    if (!Database::is_state_database(path_)) {
      throw pipeline::Fatal({"start pipeline '" + pipeline + "' over by removing", path_.string(),
                             "this file is not a state database of this program",
                             "move it away, or use another state folder"});
    }
    start_over();
  }
  if (!is_there(path_)) make_database();
  if (database_ == nullptr) database_ = std::make_unique<Database>(path_, pipeline_);
}

StateStore::~StateStore() = default;

void StateStore::make_database() {
  remove_companions(path_);
  const fs::path made = path_.string() + ".new";
  pipeline::remove_file(made.string());  // of a process that was killed meanwhile
  remove_companions(made);
  make_file(made);
  Database::create(made, pipeline_);
  if (::rename(made.c_str(), path_.c_str()) != 0) {
    pipeline::throw_file_error(errno, "rename " + made.string() + " to", path_.string());
  }
  sync_folder(path_.parent_path());
}

void StateStore::start_over() {
  try {
    database_ = std::make_unique<Database>(path_, pipeline_);
    database_->start_over();
  } catch (const pipeline::Fatal& error) {
    unreadable_because_ = error.text().answer;
    database_.reset();
    remove_database(path_);
  }
}

StateSnapshot StateStore::load() {
  assert(lock_ != nullptr);
  if (database_ == nullptr) database_ = std::make_unique<Database>(path_, pipeline_);
  return database_->load();
}

void StateStore::commit(const StateChange& change) {
  assert(lock_ != nullptr);
  if (change.empty()) return;
  if (database_ == nullptr) database_ = std::make_unique<Database>(path_, pipeline_);
  try {
    database_->commit(change);
  } catch (const pipeline::Retryable&) {
    // After a failed write or fsync only the file can tell what it holds; opening it anew asks it. The lock
    // stays ours meanwhile.
    database_.reset();
    throw;
  }
}

void StateStore::clear() {
  assert(lock_ != nullptr);
  if (database_ != nullptr) database_->prepare_for_removal();
  database_.reset();
  remove_database(path_);
  lock_->remove_file();
  lock_.reset();
  sync_folder(path_.parent_path());
}

}  // namespace hiveframe::runtime
