#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "connectors/file/compression.hpp"
#include "connectors/file/folder_claim.hpp"
#include "connectors/file/output_file.hpp"
#include "connectors/file/sink_settings.hpp"
#include "pipeline/interrupt.hpp"
#include "pipeline/sink.hpp"

namespace hiveframe::connectors::file {

/// The files of one sink: finds each record's file, keeps a bounded number of them open, and brings all
/// of them to one state at a time: what is written, or what was durable before. Owned by FileSink; blocking,
/// all on the sink's thread. Throws Retryable or Fatal, and Interrupted between two files.
class OutputFiles {
 public:
  /// Less where the process may have few open files (RLIMIT_NOFILE).
  static constexpr std::size_t open_at_most = 128;
  /// Packed files are written in pieces of so many unpacked bytes, or all of them when so many wait.
  static constexpr std::size_t piece_bytes = 1024 * 1024;
  static constexpr std::size_t pending_bytes_at_most = 4 * 1024 * 1024;

  /// All outlive it, but the context is used by the constructor only.
  OutputFiles(const SinkSettings& settings, const pipeline::SinkContext& context,
              const pipeline::Interrupt& interrupt);
  ~OutputFiles();

  /// Cuts the files of an earlier process to what counts, and where its run is not gone on with removes those
  /// that it had not shown; then opens the output if its path is fixed, so
  /// that what is wrong with it shows at the start.
  void restore(const pipeline::SinkContext& context);

  /// Finds the files of a request; makes and opens those that are new, but writes nothing.
  std::vector<pipeline::Rejection> take(const pipeline::WriteRequest& request);
  /// Whether marks of new files were set since it was last asked. They must be stored before write().
  [[nodiscard]] bool take_new_marks() noexcept { return std::exchange(new_marks_, false); }
  /// Writes what was taken: all of it, or nothing.
  void write();

  /// Makes everything written durable and sets the marks. Throws Retryable with everything as it was, or,
  /// when it is not known any more what the disk has, after going back to what was durable: then `lost` is
  /// set.
  void flush(bool& lost);
  /// Gives the files their names. Everything is flushed. May be called again after a crash. False: new marks
  /// are to be stored, and then it is to be called again.
  [[nodiscard]] bool publish();
  /// The last call of all, of files that are not published: sets marks for take_new_marks() that say which
  /// files others may append to without a later run's taking it for ours.
  void end_in_order();

 private:
  void gather(OutputFile& file, const record::Slice& slice, std::size_t record);
  OutputFile* file_of(const record::Slice& slice, std::size_t record, std::string& refusal);
  std::optional<std::string> location_of(const record::Slice& slice, std::size_t record,
                                         std::string& refusal);
  OutputFile& file_at(const std::string& location);
  OutputFile& begin_file(const std::string& path);
  OutputFile& begin_part(const std::string& folder);
  void begin_root(const std::string& folder);
  void claim(const std::string& folder);
  void look_at_beginning(OutputFile& file) const;
  void begun(OutputFile& file);
  void set_mark(const OutputFile& file);
  void restore_marks(const pipeline::SinkContext& context);
  void restore_mark(const std::string& final_path, const OutputMark& mark, bool completing);
  void clear_away(const std::string& final_path, const OutputMark& mark);
  void use(OutputFile& file);

  void write_gathered();
  void collect_pending();
  void write_pending(OutputFile& file);
  void write_all_pending();
  void go_back() noexcept;

  void finish_empty(OutputFile& file);
  void publish(OutputFile& file);
  void check_still_there(const OutputFile& file, std::optional<std::uint32_t> permissions) const;
  void remove_older_parts(const std::string& folder, std::size_t levels);

  const SinkSettings& settings_;
  const std::string speaker_;
  pipeline::ResumeMarks& marks_;
  const pipeline::Interrupt& interrupt_;
  bool comes_again_;
  bool packed_;
  std::string part_ending_;  // ".ndjson.gz"
  Compressor compressor_;
  std::size_t open_at_most_;

  std::map<std::string, std::unique_ptr<OutputFile>> files_;  // by final path
  std::map<std::string, OutputFile*> at_;                     // by location: its path, or the parts' folder
  std::unordered_map<std::string, OutputFile*> by_columns_;   // by what the workers settled
  std::string columns_;                                       // of one record
  std::string last_columns_;
  OutputFile* last_ = nullptr;
  std::set<std::string> published_;   // final paths that have been given
  std::set<std::string> roots_;       // folders of part files, without the partitions' folders
  std::optional<FolderClaim> claim_;  // of part files

  std::list<OutputFile*> open_;     // the most recently used first
  std::vector<OutputFile*> taken_;  // with records of the request under way
  std::set<std::string> changed_folders_;
  std::size_t pending_bytes_ = 0;
  bool new_marks_ = false;
};

}  // namespace hiveframe::connectors::file
