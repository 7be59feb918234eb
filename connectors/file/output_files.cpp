#include "connectors/file/output_files.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "connectors/file/abandoned_parts.hpp"
#include "connectors/file/folder.hpp"
#include "connectors/file/hidden_name.hpp"
#include "connectors/file/preamble.hpp"
#include "connectors/file/whole_records.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

using pipeline::Fatal;

/// Where a symbolic link leads, so that a rename replaces the file and not the link.
std::string resolved(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_symlink(path, error)) return path;
  const std::filesystem::path target = std::filesystem::weakly_canonical(path, error);
  return error ? path : target.native();
}

void append_column(std::string& columns, std::string_view text) {
  const std::size_t size = text.size();
  columns.append(reinterpret_cast<const char*>(&size), sizeof size);
  columns.append(text);
}

/// A process has many descriptors to give, but others need some, too.
std::size_t fair_share_of_descriptors(std::size_t at_most) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return at_most;
  return std::clamp<std::size_t>(files.rlim_cur / 16, 4, at_most);
}

bool holds_files(const std::string& folder) {
  for (const std::string& name : names_in(folder)) {
    if (name.starts_with('.')) continue;
    const std::filesystem::path path = std::filesystem::path(folder) / name;
    if (!std::filesystem::is_directory(path) || holds_files(path.string())) return true;
  }
  return false;
}

}  // namespace

OutputFiles::OutputFiles(const SinkSettings& settings, const pipeline::SinkContext& context,
                         const pipeline::Interrupt& interrupt)
    : settings_(settings),
      speaker_(context.speaker()),
      marks_(*context.marks),
      interrupt_(interrupt),
      comes_again_(context.comes_again),
      packed_(*settings.compression != Compression::none),
      compressor_(*settings.compression),
      open_at_most_(fair_share_of_descriptors(open_at_most)) {
  if (!settings_.format->extensions.empty()) part_ending_ = settings_.format->extensions.front();
  part_ending_ += extension(*settings_.compression);
}

OutputFiles::~OutputFiles() = default;

std::vector<pipeline::Rejection> OutputFiles::take(const pipeline::WriteRequest& request) {
  if (pending_bytes_ >= pending_bytes_at_most) write_all_pending();
  for (OutputFile* file : taken_)
    file->gathered.clear();
  taken_.clear();
  std::vector<pipeline::Rejection> rejections;
  std::size_t number = 0;
  for (const record::Slice& slice : request.slices) {
    // All of a slice goes to one file if nothing was computed for its records, and runs are made only then.
    for (std::size_t i = 0; i < slice.size();) {
      const std::size_t records = slice.runs().empty() ? 1 : slice.size();
      std::string refusal;
      OutputFile* const file = file_of(slice, i, refusal);
      if (file == nullptr) {
        rejections.push_back({number, {record::DataError::Type::rejected, std::move(refusal)}});
      } else {
        gather(*file, slice, i);
      }
      i += records;
      number += records;
    }
  }
  return rejections;
}

void OutputFiles::gather(OutputFile& file, const record::Slice& slice, std::size_t record) {
  if (file.gathered.empty()) {
    taken_.push_back(&file);
    if (file.at_beginning()) {
      file.gathered.add_raw(settings_.format->preamble);
    } else if (file.delimiter_first() && file.pending.empty()) {
      file.gathered.add_raw(settings_.format->delimiter);
    }
  }
  if (slice.runs().empty()) {
    file.gathered.add(slice.encoded(record));
  } else {
    for (const std::string_view run : slice.runs())
      file.gathered.add_raw(run);
  }
}

OutputFile* OutputFiles::file_of(const record::Slice& slice, std::size_t record, std::string& refusal) {
  const std::size_t columns = settings_.partition_values.size() + (settings_.output->is_fixed() ? 0 : 1);
  columns_.clear();
  for (std::size_t column = 0; column < columns; ++column)
    append_column(columns_, slice.computed(record, column));
  if (last_ != nullptr && columns_ == last_columns_) return last_;
  const auto known = by_columns_.find(columns_);
  if (known != by_columns_.end()) {
    last_ = known->second;
  } else {
    const std::optional<std::string> location = location_of(slice, record, refusal);
    if (!location) return nullptr;
    last_ = &file_at(*location);
    by_columns_.emplace(columns_, last_);
  }
  last_columns_ = columns_;
  return last_;
}

std::optional<std::string> OutputFiles::location_of(const record::Slice& slice, std::size_t record,
                                                    std::string& refusal) {
  std::size_t column = 0;
  std::string location;
  if (settings_.output->is_fixed()) {
    location = settings_.output->sample();
  } else {
    location = slice.computed(record, column++);
    if (std::optional<std::string> why = settings_.output->refuse(location)) {
      refusal = std::move(*why);
      return std::nullopt;
    }
  }
  location = without_slash(std::move(location));
  if (settings_.output->is_file()) return location;
  const std::string root = location;
  for (const std::string& name : settings_.partition_names) {
    const std::string folder = partition_folder(name, slice.computed(record, column++));
    if (folder.size() > longest_name) {
      refusal = "the value of '" + name + "' makes a folder's name longer than " +
                std::to_string(longest_name) + " bytes";
      return std::nullopt;
    }
    location += "/" + folder;
  }
  begin_root(root);
  return location;
}

OutputFile& OutputFiles::file_at(const std::string& location) {
  interrupt_.check();
  OutputFile*& file = at_[location];
  if (file == nullptr) file = settings_.output->is_file() ? &begin_file(location) : &begin_part(location);
  return *file;
}

OutputFile& OutputFiles::begin_file(const std::string& path) {
  const std::string final_path = resolved(path);
  const auto known = files_.find(final_path);
  if (known != files_.end()) return *known->second;
  const bool in_place = settings_.mode == Mode::append;
  if (settings_.mode == Mode::error && state_of(final_path)) {
    throw Fatal({"write to", final_path, "it exists, and the mode is 'error'",
                 "move it away, or set 'mode' to append or overwrite"});
  }
  make_folders(folder_of_path(final_path), changed_folders_);
  auto file = std::make_unique<OutputFile>(final_path,
                                           in_place ? OutputMark::Place::in_place : OutputMark::Place::hidden,
                                           *settings_.format, speaker_);
  const std::optional<FileState> shown = state_of(final_path);
  if (!in_place && shown) OutputFile::check_type(final_path, shown->mode);
  file->begin();
  if (in_place && ends_in_half_line(final_path, *settings_.compression, file->length(),
                                    settings_.format->delimiter, interrupt_)) {
    file->begins_in_half_line();
  }
  look_at_beginning(*file);
  begun(*file);
  return *(files_[final_path] = std::move(file));
}

OutputFile& OutputFiles::begin_part(const std::string& folder) {
  make_folders(folder, changed_folders_);
  const bool append = settings_.mode == Mode::append;
  if (append && claim_ && claim_->alone_at()) {
    remove_abandoned_parts(folder, Abandoned::empty, *claim_->alone_at(),
                           [this](const std::string& path) { return files_.contains(path); });
  }
  for (std::uint64_t number = append ? next_part_number(folder) : 0;; ++number) {
    const std::string final_path = folder + "/" + part_name(number, part_ending_);
    if (files_.contains(final_path)) continue;
    auto file =
        std::make_unique<OutputFile>(final_path, OutputMark::Place::hidden, *settings_.format, speaker_);
    if (!file->begin_beside_others()) continue;
    begun(*file);
    return *(files_[final_path] = std::move(file));
  }
}

/// A folder of part files, less its partitions' folders.
void OutputFiles::begin_root(const std::string& folder) {
  if (roots_.contains(folder)) return;
  if (const std::optional<FileState> there = state_of(folder); there && !S_ISDIR(there->mode)) {
    throw Fatal({"write part files into", folder, "it is not a folder",
                 "name a folder; to write a single file, give its name an extension, such as .ndjson"});
  }
  make_folders(folder, changed_folders_);
  check_writable(folder);
  if (settings_.mode == Mode::error && holds_files(folder)) {
    throw Fatal({"write to the folder", folder, "there are files in it, and the mode is 'error'",
                 "empty it, or set 'mode' to append or overwrite"});
  }
  roots_.insert(folder);
}

/// Of a file in which there is something already.
void OutputFiles::look_at_beginning(OutputFile& file) const {
  const std::string_view preamble = settings_.format->preamble;
  if (preamble.empty() || file.at_beginning()) return;
  if (!begins_with_preamble(file.path(), *settings_.compression, preamble, interrupt_)) file.holds_nothing();
}

void OutputFiles::begun(OutputFile& file) {
  if (file.created()) changed_folders_.insert(folder_of_path(file.path()));
  use(file);
  set_mark(file);
}

void OutputFiles::set_mark(const OutputFile& file) {
  marks_.set(file.final_path(), file.mark(comes_again_).serialize());
  new_marks_ = true;
}

/// The file is going to be used: others give their descriptors back for it.
void OutputFiles::use(OutputFile& file) {
  open_.remove(&file);
  while (open_.size() >= open_at_most_) {
    open_.back()->close();
    open_.pop_back();
  }
  open_.push_front(&file);
}

}  // namespace hiveframe::connectors::file
