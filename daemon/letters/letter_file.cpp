#include "daemon/letters/letter_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "daemon/letters/letter_lines.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::daemon {
namespace {

namespace fs = std::filesystem;

constexpr const char* reading = "read the dead letters in";
constexpr const char* writing = "write the dead letters to";
constexpr std::size_t gathered_bytes = std::size_t{256} * 1024;

std::string followed(const std::string& path) {
  std::error_code error;
  const fs::path target = fs::weakly_canonical(path, error);
  return error ? path : target.string();
}

bool is_there(const std::string& path) {
  struct stat state {};
  if (::stat(path.c_str(), &state) == 0) return true;
  if (errno != ENOENT) pipeline::throw_file_error(errno, reading, path);
  return false;
}

void remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) pipeline::throw_file_error(errno, "remove", path);
}

void sync_folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  const OpenFile opened(folder, O_RDONLY | O_DIRECTORY, "open");
  if (::fsync(opened.descriptor()) != 0) pipeline::throw_file_error(errno, "write to", folder);
}

/// A file that takes another one's place when it is whole and durable.
class Replacement {
 public:
  /// With the permissions, and if it may be the owner, of `like`.
  Replacement(std::string target, const OpenFile& like)
      : target_(std::move(target)),
        path_(target_ + ".new"),
        file_(path_, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, writing) {
    struct stat state {};
    if (::fstat(like.descriptor(), &state) != 0) pipeline::throw_file_error(errno, reading, target_);
    if (::fchmod(file_.descriptor(), state.st_mode & 07777U) != 0)
      pipeline::throw_file_error(errno, writing, path_);
    // Only root may; for everybody else it is theirs anyway.
    [[maybe_unused]] const int given = ::fchown(file_.descriptor(), state.st_uid, state.st_gid);
  }
  ~Replacement() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;

  void add_line(std::string_view line) {
    gathered_.append(line);
    gathered_ += '\n';
    if (gathered_.size() >= gathered_bytes) write_out();
  }

  void make_durable() {
    write_out();
    if (::fsync(file_.descriptor()) != 0) pipeline::throw_file_error(errno, writing, path_);
  }
  /// After make_durable().
  void take_place() {
    if (::rename(path_.c_str(), target_.c_str()) != 0)
      pipeline::throw_file_error(errno, "rename " + path_ + " to", target_);
    path_.clear();
    sync_folder_of(target_);
  }

 private:
  void write_out() {
    std::string_view rest = gathered_;
    while (!rest.empty()) {
      const ssize_t written = ::write(file_.descriptor(), rest.data(), rest.size());
      if (written < 0 && errno != EINTR) pipeline::throw_file_error(errno, writing, path_);
      if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
    }
    gathered_.clear();
  }

  std::string target_;
  std::string path_;  // empty when it is in its place
  OpenFile file_;
  std::string gathered_;
};

OpenFile open_for_itself(const std::string& path) {
  OpenFile file(path, O_RDWR, "change the dead letters in");
  if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) pipeline::throw_file_error(errno, "lock", path);
    throw pipeline::Fatal({"change the dead letters in", path, "another process is writing to it",
                           "end it, or wait for it, and try again"});
  }
  return file;
}

/// Calls `each` with every line, and with what stands behind the last one.
template <typename F>
void for_each_line(const OpenFile& file, const std::string& path, std::uint64_t from, F each) {
  LetterLines lines(file, path, from);
  std::string_view line;
  while (lines.next(line))
    each(line);
  if (!lines.rest().empty()) each(lines.rest());
}

void cut(Letter& letter, std::size_t longest) {
  if (letter.original.size() <= longest) return;
  std::size_t end = longest;
  // Not in the middle of a character.
  while (letter.is_text && end > 0 && (static_cast<unsigned char>(letter.original[end]) & 0xC0U) == 0x80U)
    --end;
  letter.original.resize(end);
}

}  // namespace

LetterFile::LetterFile(const std::string& path) : path_(followed(path)), replaying_(path_ + ".replaying") {}

LetterPage LetterFile::page(const LetterSelection& chosen, std::uint64_t after, std::size_t limit,
                            std::size_t longest) const {
  LetterPage page;
  if (after == 0) page.total = 0;
  // Those that are being replayed, or were when the process was killed, are there still, and come first.
  std::uint64_t before = 0;
  for (const std::string& path : {replaying_, path_}) {
    if (!is_there(path)) continue;
    const OpenFile file(path, O_RDONLY, reading);
    LetterLines lines(file, path, after > before ? after - before : 0);
    std::string_view line;
    for (std::uint64_t begin = lines.offset(); lines.next(line); begin = lines.offset()) {
      if (page.total) ++*page.total;
      if (page.next) continue;
      std::optional<Letter> letter = parse_letter(line);
      if (!letter || !chosen.takes(*letter)) continue;
      if (page.letters.size() == limit) {
        page.next = before + begin;
        if (!page.total) return page;
        continue;
      }
      cut(*letter, longest);
      page.letters.push_back(std::move(*letter));
    }
    before += lines.offset();
  }
  return page;
}

LetterFile::Taken LetterFile::take(const LetterSelection& chosen) {
  put_back(0);
  Taken taken;
  if (!is_there(path_)) return taken;
  const OpenFile file = open_for_itself(path_);
  Replacement moved(replaying_, file);
  Replacement kept(path_, file);
  for_each_line(file, path_, 0, [&](std::string_view line) {
    const std::optional<Letter> letter = parse_letter(line);
    const bool wanted = letter && chosen.takes(*letter);
    if (wanted && letter->whole) {
      ++taken.letters;
      moved.add_line(line);
      return;
    }
    if (wanted) ++taken.cut;
    kept.add_line(line);
  });
  if (taken.letters == 0) return taken;
  kept.make_durable();
  moved.make_durable();
  moved.take_place();
  kept.take_place();
  return taken;
}

void LetterFile::finish() {
  remove(replaying_);
  sync_folder_of(replaying_);
}

std::uint64_t LetterFile::put_back(std::uint64_t from) {
  if (!is_there(replaying_)) return 0;
  const OpenFile left(replaying_, O_RDONLY, reading);
  std::uint64_t letters = 0;
  {
    OpenFile file;
    if (is_there(path_)) file = open_for_itself(path_);
    Replacement whole(path_, left);
    for_each_line(left, replaying_, from, [&](std::string_view line) {
      whole.add_line(line);
      ++letters;
    });
    if (file.descriptor() >= 0)
      for_each_line(file, path_, 0, [&](std::string_view line) { whole.add_line(line); });
    whole.make_durable();
    whole.take_place();
  }
  finish();
  return letters;
}

std::uint64_t LetterFile::discard(const LetterSelection& chosen) {
  put_back(0);
  if (!is_there(path_)) return 0;
  const OpenFile file = open_for_itself(path_);
  Replacement kept(path_, file);
  std::uint64_t discarded = 0;
  for_each_line(file, path_, 0, [&](std::string_view line) {
    const std::optional<Letter> letter = parse_letter(line);
    if (letter && chosen.takes(*letter)) {
      ++discarded;
    } else {
      kept.add_line(line);
    }
  });
  if (discarded == 0) return 0;
  kept.make_durable();
  kept.take_place();
  return discarded;
}

}  // namespace hiveframe::daemon
