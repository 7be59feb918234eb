#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "daemon/letters/letter_file.hpp"
#include "daemon/manager/command_answer.hpp"

namespace hiveframe::daemon {

/// Which dead letters somebody wants to see.
struct LettersWanted {
  LetterSelection chosen;
  std::uint64_t after = 0;  ///< LetterPage::next of the page before
  std::size_t limit = 100;
  std::size_t longest = 4096;  ///< bytes of an original that are shown
};

/// The answer to that.
struct LettersShown {
  CommandAnswer answer;
  LetterPage page;  ///< if done
};
using LettersShownDone = std::function<void(LettersShown)>;

/// What became of dead letters that were to be replayed or discarded.
struct LettersMoved {
  CommandAnswer answer;
  std::uint64_t letters = 0;    ///< that are dead letters no more
  std::uint64_t bad_again = 0;  ///< of those replayed: records that have become dead letters anew
  std::uint64_t cut = 0;        ///< chosen, but only the heads of records that were too long: they stay
};
using LettersMovedDone = std::function<void(LettersMoved)>;

}  // namespace hiveframe::daemon
