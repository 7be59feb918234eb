// Of OutputFiles: what an earlier run left, and how this one ends for a later one.
#include <memory>
#include <spdlog/spdlog.h>
#include <utility>

#include "connectors/file/folder.hpp"
#include "connectors/file/output_files.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/errors.hpp"
#include "pipeline/file_names.hpp"

namespace hiveframe::connectors::file {

using pipeline::Fatal;

void OutputFiles::restore(const pipeline::SinkContext& context) {
  restore_marks(context);
  const OutputPath& output = *settings_.output;
  if (output.is_fixed() && !output.is_file()) {
    const std::string folder = without_slash(output.sample());
    if (context.completing) roots_.insert(folder);
    begin_root(folder);
    claim_.emplace(folder, interrupt_);
  } else if (output.is_fixed()) {
    if (!context.completing) file_at(output.sample());
  } else {
    const std::string root = without_slash(output.root());
    make_folders(root, changed_folders_);
    check_writable(root);
    if (!output.is_file()) claim_.emplace(root, interrupt_);
  }
}

void OutputFiles::restore_marks(const pipeline::SinkContext& context) {
  for (const auto& [final_path, bytes] : context.stored_marks) {
    interrupt_.check();
    const std::optional<OutputMark> mark = OutputMark::parse(bytes);
    if (mark && !context.goes_on) {
      clear_away(final_path, *mark);
    } else if (mark) {
      restore_mark(final_path, *mark, context.completing);
    } else if (context.goes_on) {
      throw Fatal({"go on writing to", final_path, "what was stored about it cannot be read",
                   "run with --from-start"});
    }
  }
}

void OutputFiles::restore_mark(const std::string& final_path, const OutputMark& mark, bool completing) {
  const bool in_place = mark.place == OutputMark::Place::in_place;
  const bool is_file = settings_.output->is_file();
  if (is_file && in_place != (settings_.mode == Mode::append)) {
    throw Fatal({"go on writing to", final_path, "the sink's 'mode' was changed before the run was finished",
                 "set it back to finish the run, or begin anew with --from-start"});
  }
  if (!in_place && !is_file) {
    std::string root = folder_of_path(final_path);
    for (std::size_t i = 0; i < settings_.partition_by.size(); ++i)
      root = folder_of_path(root);
    roots_.insert(root);
  }
  auto file = std::make_unique<OutputFile>(final_path, mark.place, *settings_.format, speaker_);
  const auto earlier =
      completing ? OutputFile::Earlier::was_complete : OutputFile::Earlier::may_have_been_killed;
  if (file->resume(mark, *settings_.compression, earlier, interrupt_)) {
    look_at_beginning(*file);
    if (file->mark(comes_again_) != mark) set_mark(*file);
    if (is_file) {
      at_[final_path] = file.get();
    } else if (final_path.ends_with(part_ending_)) {
      at_[folder_of_path(final_path)] = file.get();
    }
    use(*file);
    files_[final_path] = std::move(file);
    return;
  }
  if (in_place) {
    if (state_of(final_path)) {
      spdlog::warn("{}: {} was replaced or cut since the last run; going on at its end", speaker_,
                   final_path);
    }
    marks_.erase(final_path);
    return;
  }
  if (completing) {
    const std::string shown_path =
        mark.new_name.empty() ? final_path : folder_of_path(final_path) + "/" + mark.new_name;
    if (const std::optional<FileState> shown = state_of(shown_path); shown && shown->id == mark.id) {
      published_.insert(final_path);
      return;
    }
  }
  if (mark.length == 0) {
    marks_.erase(final_path);
    return;
  }
  throw Fatal({"go on writing to", file->path(),
               state_of(file->path()) ? "another run has replaced it, and what the last one wrote is gone"
                                      : "it is gone, and what the last run wrote with it",
               "put it back, or begin anew with --from-start"});
}

/// Of a run that is not gone on with.
void OutputFiles::clear_away(const std::string& final_path, const OutputMark& mark) {
  OutputFile file(final_path, mark.place, *settings_.format, speaker_);
  const bool there =
      file.resume(mark, *settings_.compression, OutputFile::Earlier::may_have_been_killed, interrupt_);
  if (there && file.hidden()) {
    pipeline::remove_file(file.path());
    changed_folders_.insert(folder_of_path(file.path()));
  }
  marks_.erase(final_path);
}

void OutputFiles::end_in_order() {
  for (const auto& [path, file] : files_) {
    if (!file->settled()) use(*file);
    if (file->end_in_order(comes_again_)) set_mark(*file);
  }
}

}  // namespace hiveframe::connectors::file
