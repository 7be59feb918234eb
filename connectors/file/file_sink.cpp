#include "connectors/file/file_sink.hpp"

#include <filesystem>
#include <utility>

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
  return std::filesystem::path(settings_->output->text()).lexically_normal().native();
}

pipeline::Task<void> FileSink::open(pipeline::SinkContext context) {
  context_ = std::move(context);
  auto restore = [this] {
    kept_ = pipeline::Ack();
    files_.reset();  // gives up its locks before they are taken again
    files_ = std::make_unique<OutputFiles>(*settings_, *context_.marks, context_.comes_again);
    files_->restore(context_.stored_marks, context_.completing);
    return files_->take_new_marks();
  };
  const bool new_marks = co_await thread_.run(restore);
  unstored_marks_ = unstored_marks_ || new_marks;
  co_await store_marks();
}

pipeline::Task<std::vector<pipeline::Rejection>> FileSink::write(pipeline::WriteRequest& request) {
  auto write = [this, &request] {
    files_->write();
    kept_.join(std::move(request.ack));
  };
  // Only the mark of a new file is waited for in between, for a second call is two more changes of thread for
  // each request.
  auto take = [this, &request, &write] {
    std::vector<pipeline::Rejection> refused = files_->take(request);
    unstored_marks_ = files_->take_new_marks() || unstored_marks_;
    if (!unstored_marks_) write();
    return refused;
  };
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
  auto flush = [this] {
    bool lost = false;
    try {
      files_->flush(lost);
    } catch (...) {
      if (lost) kept_ = pipeline::Ack();
      throw;
    }
    kept_.delivered();
  };
  co_await thread_.run(flush);
}

pipeline::Task<void> FileSink::complete() {
  auto publish = [this] { files_->publish(); };
  co_await thread_.run(publish);
}

pipeline::Task<void> FileSink::close() {
  auto close = [this] {
    kept_ = pipeline::Ack();
    files_.reset();
  };
  co_await thread_.run(close);
}

}  // namespace hiveframe::connectors::file
