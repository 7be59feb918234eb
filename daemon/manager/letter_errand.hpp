#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "daemon/letters/letter_file.hpp"
#include "daemon/manager/letter_answers.hpp"
#include "daemon/manager/managed_pipeline.hpp"
#include "daemon/manager/side_threads.hpp"

namespace hiveframe::daemon {

/// The file with a pipeline's dead letters; or why they cannot be read.
struct LettersPlace {
  std::string path;
  std::string why_not;
};
LettersPlace letters_place(const runtime::PipelineSpec& spec);

/// Replays or discards dead letters of one pipeline, which is set aside meanwhile: its file of letters must
/// have no other writer. A replay is a run of the pipeline with the letters in the place of its source, and
/// what is bad again becomes a letter again. A letter is gone when its record is durable in every sink; if
/// the run ends before that, it is put back. On the control executor; keeps itself until it has answered.
class LetterErrand : public std::enable_shared_from_this<LetterErrand> {
 public:
  enum class Kind { replay, discard };

  LetterErrand(boost::asio::any_io_executor control, std::shared_ptr<ManagedPipeline> pipeline,
               std::shared_ptr<SideThreads> threads, Kind kind, LetterSelection chosen,
               LettersMovedDone done);
  void begin();

 private:
  [[nodiscard]] std::string why_refused() const;
  void on_thread(std::function<void()> work, std::function<void(std::string)> then);
  void change_file();
  void replay();
  void replayed(std::uint64_t position, bool all);
  void run_ended(const runtime::Status& status);
  void end(CommandAnswer answer);

  const boost::asio::any_io_executor control_;
  const std::shared_ptr<ManagedPipeline> pipeline_;
  const std::shared_ptr<SideThreads> threads_;
  const Kind kind_;
  const LetterSelection chosen_;
  LettersMovedDone done_;
  boost::asio::steady_timer patience_;
  bool working_ = false;            // a thread is, on the file
  std::optional<LetterFile> file_;  // used by one thread at a time
  LettersMoved moved_;
  std::uint64_t taken_ = 0;
  std::uint64_t position_ = 0;  // in the file of letters that are replayed: they are, up to there
  bool all_ = false;            // of them are
};

}  // namespace hiveframe::daemon
