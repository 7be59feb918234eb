#include "daemon/manager/letter_errand.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <utility>

#include "daemon/letters/letter_source.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/file_output.hpp"

namespace hiveframe::daemon {
namespace {

using Outcome = CommandAnswer::Outcome;

// A file system that takes longer may hang: who wants the pipeline to end waits no longer.
constexpr std::chrono::seconds longest_work{30};

std::string letters_text(std::uint64_t letters) {
  return fmt::format("{} dead {}", letters, letters == 1 ? "letter" : "letters");
}

}  // namespace

LettersPlace letters_place(const runtime::PipelineSpec& spec) {
  if (!spec.dead_letter) return {{}, "its on_error is no dead_letter: it writes no dead letters"};
  const std::unique_ptr<pipeline::Sink> sink = spec.dead_letter->make();
  const auto* output = dynamic_cast<const pipeline::FileOutput*>(sink.get());
  const codec::Format* format = sink->traits().format;
  std::string path = output != nullptr ? output->appended_file() : std::string();
  if (!path.empty() && format != nullptr && format->name == "ndjson") return {std::move(path), {}};
  return {{},
          "its dead letters go to " + spec.dead_letter->display +
              ": only those that are appended to one NDJSON file can be read here"};
}

LetterErrand::LetterErrand(boost::asio::any_io_executor control, std::shared_ptr<ManagedPipeline> pipeline,
                           std::shared_ptr<SideThreads> threads, Kind kind, LetterSelection chosen,
                           LettersMovedDone done)
    : control_(std::move(control)),
      pipeline_(std::move(pipeline)),
      threads_(std::move(threads)),
      kind_(kind),
      chosen_(std::move(chosen)),
      done_(std::move(done)),
      patience_(control_) {}

void LetterErrand::begin() {
  if (std::string reason = why_refused(); !reason.empty()) {
    moved_.answer = {Outcome::refused, std::move(reason)};
    std::exchange(done_, nullptr)(std::move(moved_));
    return;
  }
  pipeline_->set_aside([self = shared_from_this()](CommandAnswer answer) {
    if (answer.outcome == Outcome::done) return self->change_file();
    self->moved_.answer = std::move(answer);
    std::exchange(self->done_, nullptr)(std::move(self->moved_));
  });
}

std::string LetterErrand::why_refused() const {
  const runtime::PipelineSpec& spec = pipeline_->configuration()->spec;
  if (LettersPlace place = letters_place(spec); !place.why_not.empty()) return place.why_not;
  if (kind_ == Kind::discard) return {};
  if (spec.delivery == runtime::Delivery::exactly_once)
    return "its delivery is exactly_once, and what is replayed may be written twice if it is interrupted";
  if (pipeline_->state() != PipelineState::finished) return {};
  for (const runtime::SinkSpec& sink : spec.sinks) {
    const std::unique_ptr<pipeline::Sink> made = sink.make();
    const auto* output = dynamic_cast<const pipeline::FileOutput*>(made.get());
    if (output != nullptr && output->replaces_earlier())
      return fmt::format(
          "it has finished, and its output {} would be replaced by what is replayed: restart it instead",
          sink.display);
  }
  return {};
}

void LetterErrand::on_thread(std::function<void()> work, std::function<void(std::string)> then) {
  working_ = true;
  patience_.expires_after(longest_work);
  patience_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (self && !error && self->working_) self->pipeline_->wait_for_errand(false);
  });
  const bool begun = threads_->run(std::move(work), [self = shared_from_this(), then](std::string failure) {
    self->working_ = false;
    self->patience_.cancel();
    self->pipeline_->wait_for_errand(true);
    then(std::move(failure));
  });
  if (!begun) {
    working_ = false;
    patience_.cancel();
    then("too much is read or changed at this moment: try again");
  }
}

void LetterErrand::change_file() {
  file_.emplace(letters_place(pipeline_->configuration()->spec).path);
  const auto work = [self = shared_from_this()] {
    if (self->kind_ == Kind::discard) {
      self->moved_.letters = self->file_->discard(self->chosen_);
      return;
    }
    const LetterFile::Taken taken = self->file_->take(self->chosen_);
    self->taken_ = taken.letters;
    self->moved_.cut = taken.cut;
  };
  on_thread(work, [self = shared_from_this()](std::string failure) {
    if (!failure.empty()) return self->end({Outcome::failed, std::move(failure)});
    if (self->kind_ == Kind::replay && self->taken_ != 0) return self->replay();
    if (self->moved_.letters != 0)
      spdlog::warn("[{}] discarded {}, as it was told to", self->pipeline_->name(),
                   letters_text(self->moved_.letters));
    self->end({});
  });
}

void LetterErrand::replay() {
  runtime::PipelineSpec spec = pipeline_->configuration()->spec;
  LetterSource::Settings settings;
  settings.file = file_->replaying();
  settings.turn = std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
  // What has not finished goes on with its output later.
  settings.ends = pipeline_->has_finished();
  settings.replayed = [weak = weak_from_this(), control = control_](std::uint64_t position, bool all) {
    boost::asio::post(control, [weak, position, all] {
      if (const auto self = weak.lock()) self->replayed(position, all);
    });
  };
  spec.source = [own = spec.source, settings] { return std::make_unique<LetterSource>(own(), settings); };
  spec.source_display = letters_text(taken_);
  // Letters go when what they hold is durable.
  spec.delivery = runtime::Delivery::at_least_once;
  const std::string in_the_way = pipeline_->run_errand(
      std::move(spec),
      [self = shared_from_this()](const runtime::Status& status) { self->run_ended(status); });
  if (in_the_way.empty()) return;
  runtime::Status status;
  status.state = runtime::State::failed;
  status.reason = in_the_way;
  run_ended(status);
}

void LetterErrand::replayed(std::uint64_t position, bool all) {
  position_ = position;
  if (all && !std::exchange(all_, true)) pipeline_->stop_errand();
}

void LetterErrand::run_ended(const runtime::Status& status) {
  const auto back = std::make_shared<std::uint64_t>(0);
  const auto work = [self = shared_from_this(), back] {
    if (self->all_) {
      self->file_->finish();
    } else {
      *back = self->file_->put_back(self->position_);
    }
  };
  on_thread(work, [self = shared_from_this(), back, status](std::string failure) {
    self->moved_.letters = self->taken_ - *back;
    self->moved_.bad_again = self->all_ ? status.rejected : 0;
    if (!failure.empty()) return self->end({Outcome::failed, std::move(failure)});
    if (self->all_) {
      spdlog::info("[{}] replayed {}; bad again: {}", self->pipeline_->name(), letters_text(self->taken_),
                   status.rejected);
      return self->end({});
    }
    const std::string why = status.state == runtime::State::failed ? status.reason : "it was told to stop";
    self->end({Outcome::failed, fmt::format("{} of {} replayed, the others are dead letters as before: {}",
                                            self->moved_.letters, letters_text(self->taken_), why)});
  });
}

void LetterErrand::end(CommandAnswer answer) {
  moved_.answer = std::move(answer);
  pipeline_->take_up();
  std::exchange(done_, nullptr)(std::move(moved_));
}

}  // namespace hiveframe::daemon
