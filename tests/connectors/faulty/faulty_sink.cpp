#include "tests/connectors/faulty/faulty_sink.hpp"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "pipeline/codec/format.hpp"
#include "pipeline/errors.hpp"
#include "tests/connectors/record_id.hpp"

namespace hiveframe::connectors::faulty {
namespace {

using pipeline::Retryable;

constexpr mode_t new_file_mode = 0644;

int open_to_append(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, new_file_mode);
  if (file < 0) pipeline::throw_file_error(errno, "write to", path);
  return file;
}

void write_all(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(file, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) pipeline::throw_file_error(errno, "write to", path);
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
}

}  // namespace

FaultySink::~FaultySink() {
  FaultySink::cancel();
  if (file_ >= 0) ::close(file_);
}

pipeline::SinkTraits FaultySink::traits() const {
  pipeline::SinkTraits traits;
  traits.format = codec::find_format("ndjson");
  traits.computed = {&*settings_->id};
  return traits;
}

pipeline::Task<void> FaultySink::open(pipeline::SinkContext /*context*/) {
  file_ = open_to_append(settings_->path.native());
  co_return;
}

pipeline::Task<std::vector<pipeline::Rejection>> FaultySink::write(pipeline::WriteRequest& request) {
  auto work = [this, &request] { return take(request); };
  std::vector<pipeline::Rejection> rejections = co_await thread_.run(work);
  if (settings_->ack == AckAt::write) {
    request.ack.delivered();
  } else {
    unsaid_.push_back(std::move(request.ack));
  }
  co_return rejections;
}

std::vector<pipeline::Rejection> FaultySink::take(const pipeline::WriteRequest& request) {
  if (settings_->delay.count() != 0 && amid_faults()) {
    report("delayed");
    wait(settings_->delay);
  }
  const std::string path = settings_->path.native();
  ++writes_;
  if (settings_->fail_every != 0 && writes_ % settings_->fail_every == 0 && amid_faults()) {
    report("failed");
    throw Retryable({"write to", path, "write " + std::to_string(writes_) + " was to fail", ""});
  }
  std::vector<pipeline::Rejection> rejections;
  std::string lines;
  std::uint64_t records = 0;
  std::size_t number = 0;
  for (const record::Slice& slice : request.slices) {
    for (std::size_t i = 0; i < slice.size(); ++i, ++number) {
      const std::string_view id = slice.computed(i, 0);
      if (is_one_of_every(settings_->refuse_batch, id)) {
        report("refused");
        throw pipeline::BadBatch({record::DataError::Type::rejected, "a record of the batch is refused"});
      }
      if (is_one_of_every(settings_->reject, id)) {
        report("rejected");
        rejections.push_back(
            {number, {record::DataError::Type::rejected, "record " + std::string(id) + " is refused"}});
        continue;
      }
      lines += slice.encoded(i);
      lines += '\n';
      ++records;
    }
  }
  if (settings_->stall_after != 0 && stalled_ < settings_->stalls &&
      written_ + records > settings_->stall_after * (stalled_ + 1)) {
    ++stalled_;
    report("stalled");
    if (settings_->ignore_cancel) never_.sleep_until(std::chrono::steady_clock::time_point::max());
    wait(settings_->stall);
    report("resumed");
  }
  append(lines);
  written_ += records;
  return rejections;
}

/// Of those faults that have a time.
bool FaultySink::amid_faults() const noexcept {
  return written_ >= settings_->faults_from &&
         (settings_->faults_until == 0 || written_ < settings_->faults_until);
}

void FaultySink::append(const std::string& lines) const { write_all(file_, lines, settings_->path.native()); }

void FaultySink::report(std::string_view fault) const {
  if (!settings_->events) return;
  const std::string path = settings_->events->native();
  const int file = open_to_append(path);
  write_all(file, std::string(fault) + " " + std::to_string(written_) + "\n", path);
  ::close(file);
}

/// Without a time: until cancel(). Throws when cancelled, having done nothing.
void FaultySink::wait(std::optional<std::chrono::milliseconds> time) const {
  using Clock = std::chrono::steady_clock;
  try {
    interrupt_.sleep_until(time ? Clock::now() + *time : Clock::time_point::max());
  } catch (const pipeline::Interrupted&) {
    throw Retryable({"write to", settings_->path.native(), "it was stopped", ""});
  }
}

pipeline::Task<void> FaultySink::flush() {
  for (pipeline::Ack& ack : unsaid_)
    ack.delivered();
  unsaid_.clear();
  co_return;
}

pipeline::Task<void> FaultySink::close() {
  if (file_ >= 0) ::close(std::exchange(file_, -1));
  co_return;
}

}  // namespace hiveframe::connectors::faulty
