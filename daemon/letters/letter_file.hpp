#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/letters/letter.hpp"

namespace hiveframe::daemon {

/// Some of the letters of a file, the oldest first.
struct LetterPage {
  std::vector<Letter> letters;
  std::optional<std::uint64_t> next;   ///< where the next page begins; nothing: this is the last one
  std::optional<std::uint64_t> total;  ///< lines in the file; counted with the first page
};

/// The dead letters of one pipeline: an NDJSON file that its sink for them appends to. What is taken out of
/// it moves to a second file beside it, FILE.replaying, before it goes from the first, and is put back unless
/// it was replayed: killed at any moment, a letter is in one of them, or for a moment in both, and never in
/// none. Lines that are no letters stay where they are.
///
/// All that changes the file wants its writer to have closed it, and holds its lock meanwhile. Blocking; one
/// thread at a time, but for page(). Throws pipeline::Retryable or Fatal.
class LetterFile {
 public:
  /// A file that is not there yet holds no letters. A symbolic link is followed.
  explicit LetterFile(const std::string& path);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Where letters stand while they are replayed.
  [[nodiscard]] const std::string& replaying() const noexcept { return replaying_; }

  /// From `after`, which is LetterPage::next or 0: at most so many of those that are chosen. Also while the
  /// file grows. Originals are cut to `longest` bytes.
  [[nodiscard]] LetterPage page(const LetterSelection& chosen, std::uint64_t after, std::size_t limit,
                                std::size_t longest) const;

  struct Taken {
    std::uint64_t letters = 0;  ///< that stand in replaying() now
    std::uint64_t cut = 0;      ///< chosen, and only the heads of records, which stay
  };
  /// Moves letters to replaying(), those first that an earlier replay has left there.
  Taken take(const LetterSelection& chosen);
  /// They were replayed, and are gone.
  void finish();
  /// Those behind `from`, a position in replaying(), were not replayed; how many.
  std::uint64_t put_back(std::uint64_t from);

  /// Removes letters; how many.
  std::uint64_t discard(const LetterSelection& chosen);

 private:
  std::string path_;
  std::string replaying_;
};

}  // namespace hiveframe::daemon
