#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/file/compression.hpp"
#include "connectors/file/output_mark.hpp"
#include "pipeline/gather_list.hpp"

namespace hiveframe::connectors::file {

/// One output file and what of it is good. Grows at its end only. Whatever fails, it is cut back to its last
/// whole write before it grows again, so nothing stands in it twice or in part. Owned by OutputFiles;
/// blocking, on the sink's thread. All of it throws Retryable or Fatal.
class OutputFile {
 public:
  OutputFile(std::string final_path, OutputMark::Place place, std::string_view delimiter);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Throws Fatal unless the type in `mode` is that of a regular file.
  static void check_type(const std::string& path, std::uint32_t mode);

  /// Creates it, or opens what stands there: its content is kept in place and replaced when hidden.
  /// `exclusive`: false if a hidden file of that name is there, which is then left alone, or if another run
  /// has removed ours already.
  bool begin(bool exclusive = false);
  /// Opens the file that the mark is of and cuts it to the mark's length, or, if what stands behind does not
  /// come again, to the end of its last whole record. False if it is not there, is another file, or is
  /// shorter.
  bool resume(const OutputMark& mark, Compression compression);
  /// begin() made a new name in its folder.
  [[nodiscard]] bool created() const noexcept { return created_; }

  /// At its end, whole or not at all.
  void append(const std::vector<iovec>& runs);
  /// Forgets what was appended behind `length`; what cannot be cut off now is before the next append().
  void cut_to(std::uint64_t length) noexcept;
  /// Makes everything appended durable on disk. Fatal if the file has no name any more.
  void sync();
  /// What was appended so far counts as durable: sync() of all files that belong together has worked.
  void settle() noexcept { settled_length_ = length_; }
  /// Gives the descriptor back; the next call that needs one opens the file again.
  void close() noexcept;
  /// The file that readers had is to lend its permissions to this one.
  void take_permissions(std::uint32_t mode) noexcept;

  [[nodiscard]] const std::string& final_path() const noexcept { return final_path_; }
  /// Where it stands now.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] bool hidden() const noexcept { return place_ == OutputMark::Place::hidden; }
  [[nodiscard]] const FileId& id() const noexcept { return id_; }
  [[nodiscard]] std::uint64_t length() const noexcept { return length_; }
  [[nodiscard]] std::uint64_t settled_length() const noexcept { return settled_length_; }
  [[nodiscard]] bool unsynced() const noexcept { return unsynced_; }
  [[nodiscard]] OutputMark mark(bool comes_again) const {
    return {place_, id_, length_, delimiter_first(), comes_again};
  }

  /// Records of the request under way; refers to their bytes.
  pipeline::GatherList gathered;
  /// Records that wait to be packed and written.
  std::string pending;
  /// What stood in it before us does not end with a delimiter, so that ours has to begin with one.
  void begins_in_half_line() noexcept { half_line_ = length_; }
  [[nodiscard]] bool delimiter_first() const noexcept { return half_line_ > 0 && half_line_ == length_; }

 private:
  void open_descriptor();
  /// False: another open file of this or another process has it.
  [[nodiscard]] bool lock();
  [[noreturn]] void throw_locked();
  void cut();

  std::string_view delimiter_;
  std::string final_path_;
  OutputMark::Place place_;
  std::string path_;
  int descriptor_ = -1;
  FileId id_;
  bool created_ = false;
  std::uint64_t length_ = 0;
  std::uint64_t settled_length_ = 0;
  std::uint64_t half_line_ = 0;
  bool unsynced_ = false;
  bool torn_ = false;  // bytes may stand behind length_
};

}  // namespace hiveframe::connectors::file
