#include "connectors/file/file_source.hpp"

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>
#include <utility>

#include "connectors/file/detect_format.hpp"
#include "connectors/file/file_lane.hpp"
#include "connectors/file/find_files.hpp"
#include "pipeline/codec/csv/format.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {

using pipeline::Fatal;

FileSource::FileSource(SourceSettings settings)
    : settings_(std::move(settings)),
      path_(std::filesystem::absolute(settings_.path).lexically_normal().native()),
      open_files_(std::make_shared<OpenFiles>()) {}

FileSource::~FileSource() { cancel(); }

pipeline::SourceTraits FileSource::traits() const noexcept {
  return {.replayable = !fifo_, .keeps_position = !fifo_};
}

std::string FileSource::identity() const { return path_; }

const codec::Format* FileSource::format() const noexcept {
  if (formats_.empty()) return settings_.format;
  // What is said of a guess must not be said of files whose names tell their format.
  const auto named = std::find_if(formats_.begin(), formats_.end(),
                                  [](const codec::Format* each) { return each->syntax_advice.empty(); });
  return named != formats_.end() ? *named : formats_.front();
}

pipeline::Task<void> FileSource::open(pipeline::SourceContext /*context*/) {
  auto work = [this] { find(); };
  co_await thread_.run(work);
}

void FileSource::find() {
  next_ = 0;
  files_ = find_files(path_, settings_.recursive);
  struct stat status {};
  fifo_ = files_.size() == 1 && ::stat(files_[0].c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
  formats_ = settings_.format != nullptr ? std::vector<const codec::Format*>(files_.size(), settings_.format)
                                         : formats_of_files(files_, open_files_->interrupt());
  read_rows_as_set();
}

/// All files of csv are read by decoders of one format, so what separates their fields must be the same.
void FileSource::read_rows_as_set() {
  const auto is_csv = [](const codec::Format* format) { return format->name == "csv"; };
  const auto first =
      static_cast<std::size_t>(std::find_if(formats_.begin(), formats_.end(), is_csv) - formats_.begin());
  if (first == files_.size()) {
    if (settings_.csv && !files_.empty()) {
      throw Fatal({"read", files_[0],
                   "its format is " + std::string(formats_[0]->name) + ", and 'csv' is for format csv",
                   "set 'format: csv', or leave 'csv' out"});
    }
    return;
  }
  const codec::csv::Dialect dialect = settings_.csv.value_or(codec::csv::Dialect());
  const char separator = dialect.for_file(files_[first]).separator();
  csv_ = std::make_unique<const codec::Format>(codec::csv::input_format(dialect, files_[first]));
  for (std::size_t i = first; i < files_.size(); ++i) {
    if (!is_csv(formats_[i])) continue;
    if (dialect.for_file(files_[i]).separator() != separator) {
      throw Fatal({"read", files_[i],
                   "by their names, its fields are not separated as those of " + files_[first] + " are",
                   "set the 'delimiter' of 'csv', or read them with two pipelines"});
    }
    formats_[i] = csv_.get();
  }
}

pipeline::Task<pipeline::LaneEvent> FileSource::next() {
  if (next_ < files_.size()) {
    auto work = [this] { return open_next(); };
    std::unique_ptr<pipeline::Lane> lane = co_await thread_.run(work);
    if (lane) co_return pipeline::LaneOpened{std::move(lane)};
  }
  co_return pipeline::NoMoreLanes{};
}

std::unique_ptr<pipeline::Lane> FileSource::open_next() {
  if (!open_files_->wait_for_room()) return nullptr;
  auto lane = std::make_unique<FileLane>(files_[next_], *formats_[next_], settings_.compression, open_files_);
  ++next_;
  return lane;
}

pipeline::Task<void> FileSource::close() {
  cancel();
  co_return;
}

void FileSource::cancel() noexcept { open_files_->cancel(); }

}  // namespace hiveframe::connectors::file
