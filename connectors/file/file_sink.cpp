#include "connectors/file/file_sink.hpp"

#include <exception>
#include <filesystem>
#include <utility>

#include "connectors/file/folder.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {

FileSink::FileSink(std::shared_ptr<const SinkSettings> settings) : settings_(std::move(settings)) {}

FileSink::~FileSink() = default;

pipeline::SinkTraits FileSink::traits() const {
  pipeline::SinkTraits traits;
  traits.format = settings_->format;
  if (!settings_->output->is_fixed()) traits.computed.push_back(&settings_->output->path());
  for (const expr::Template& value : settings_->partition_values)
    traits.computed.push_back(&value);
  // Spread over many files, small requests mean many small writes.
  traits.gains_by_waiting = !traits.computed.empty();
  return traits;
}

std::string FileSink::identity() const {
  return std::filesystem::path(without_slash(settings_->output->text())).lexically_normal().native();
}

std::string FileSink::appended_file() const {
  const OutputPath& output = *settings_->output;
  const bool as_it_is = settings_->mode == Mode::append && settings_->compression == Compression::none;
  return as_it_is && output.is_fixed() && output.is_file() ? output.sample() : std::string();
}

/// `work`, with what cancel() makes of it as the interface has it.
template <typename F>
auto FileSink::cancellable(F work) {
  return [this, work = std::move(work)]() mutable {
    try {
      return work();
    } catch (const pipeline::Interrupted&) {
      throw pipeline::Retryable(
          {"write to", settings_->output->text(), "the pipeline is told to end at once", ""});
    }
  };
}

pipeline::Task<void> FileSink::open(pipeline::SinkContext context) {
  context_ = std::move(context);
  auto restore = cancellable([this] {
    kept_ = pipeline::Ack();
    files_.reset();  // gives up its locks before they are taken again
    files_ = std::make_unique<OutputFiles>(*settings_, context_, interrupt_);
    files_->restore(context_);
    return files_->take_new_marks();
  });
  const bool new_marks = co_await thread_.run(restore);
  unstored_marks_ = unstored_marks_ || new_marks;
  co_await store_marks();
}

pipeline::Task<std::vector<pipeline::Rejection>> FileSink::write(pipeline::WriteRequest& request) {
  auto write = cancellable([this, &request] {
    files_->write();
    kept_.join(std::move(request.ack));
  });
  // Only the mark of a new file is waited for in between, for a second call is two more changes of thread for
  // each request.
  auto take = cancellable([this, &request, &write] {
    std::vector<pipeline::Rejection> refused = files_->take(request);
    unstored_marks_ = files_->take_new_marks() || unstored_marks_;
    if (!unstored_marks_) write();
    return refused;
  });
  std::vector<pipeline::Rejection> refused = co_await thread_.run(take);
  if (unstored_marks_) {
    co_await store_marks();
    co_await thread_.run(write);
  }
  co_return refused;
}

// Were this process killed before they are stored, nobody would know how much of a file is whole.
pipeline::Task<void> FileSink::store_marks() {
  if (!unstored_marks_) co_return;
  co_await context_.marks->store();
  unstored_marks_ = false;
}

pipeline::Task<void> FileSink::flush() {
  auto flush = cancellable([this] {
    bool lost = false;
    try {
      files_->flush(lost);
    } catch (...) {
      if (lost) kept_ = pipeline::Ack();
      throw;
    }
    kept_.delivered();
  });
  co_await thread_.run(flush);
}

pipeline::Task<void> FileSink::complete() {
  auto publish = cancellable([this] {
    const bool published = files_->publish();
    unstored_marks_ = files_->take_new_marks() || unstored_marks_;
    return published;
  });
  for (;;) {
    completed_ = co_await thread_.run(publish);
    if (completed_) break;
    co_await store_marks();
  }
}

pipeline::Task<void> FileSink::close() {
  auto end = [this] {
    kept_ = pipeline::Ack();
    if (!files_ || completed_) return;
    files_->end_in_order();
    unstored_marks_ = files_->take_new_marks() || unstored_marks_;
  };
  std::exception_ptr failure;
  try {
    co_await thread_.run(end);
    // Before the locks are given up: what others append from then on is theirs.
    co_await store_marks();
  } catch (...) {
    failure = std::current_exception();
  }
  auto close = [this] { files_.reset(); };
  co_await thread_.run(close);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace hiveframe::connectors::file
