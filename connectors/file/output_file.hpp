#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/file/compression.hpp"
#include "connectors/file/file_state.hpp"
#include "connectors/file/output_mark.hpp"
#include "pipeline/gather_list.hpp"
#include "pipeline/interrupt.hpp"

namespace hiveframe::codec {
struct Format;
}

namespace hiveframe::connectors::file {

/// One output file and what of it is good. Grows at its end only. Whatever fails, it is cut back to its last
/// whole write before it grows again, so nothing stands in it twice or in part. Owned by OutputFiles;
/// blocking, on the sink's thread. All of it throws Retryable or Fatal.
class OutputFile {
 public:
  /// `format` and `speaker` (see SinkContext) outlive it.
  OutputFile(std::string final_path, OutputMark::Place place, const codec::Format& format,
             const std::string& speaker);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Throws Fatal unless the type in `mode` is that of a regular file.
  static void check_type(const std::string& path, std::uint32_t mode);

  /// In place, creates it or opens what stands there, to grow at its end. Hidden, always makes a new file,
  /// with the permissions of the one that readers have: what another run left under that name is removed, and
  /// Fatal if somebody writes to it.
  void begin();
  /// The same of a hidden file, but false if there is one of that name, which is left alone, or if another
  /// run has removed ours already.
  bool begin_beside_others();

  /// Whether everything that the mark's run wrote is covered by it.
  enum class Earlier { may_have_been_killed, was_complete };
  /// Opens the file that the mark is of. What stands behind the mark's length stays if that run had closed
  /// the file or was complete, for it is not that run's; otherwise it is cut off, or, if it does not come
  /// again, cut to the end of its last whole record. False if the file is not there, is another one, or is
  /// shorter. Throws Interrupted, too.
  bool resume(const OutputMark& mark, Compression compression, Earlier earlier,
              const pipeline::Interrupt& interrupt);
  /// begin() made a new name in its folder.
  [[nodiscard]] bool created() const noexcept { return created_; }

  /// At its end, whole or not at all.
  void append(const std::vector<iovec>& runs);
  /// Forgets what was appended behind `length`; what cannot be cut off now is before the next append().
  void cut_to(std::uint64_t length) noexcept;
  /// Makes everything appended durable on disk, and counts what others appended to it meanwhile as part of
  /// it. Fatal if the file has no name any more.
  void sync();
  /// What was appended so far counts as durable: sync() of all files that belong together has worked.
  void settle() noexcept { settled_length_ = length_; }
  /// Nothing of ours stands behind what is settled.
  [[nodiscard]] bool settled() const noexcept { return !torn_ && !unsynced_ && length_ == settled_length_; }
  /// The last call of all: cuts off what is not settled, or settles it where it does not come again. From
  /// then on its mark says that it is closed. False, with the mark as it was, for a hidden file, which nobody
  /// else appends to, and where it could not be done.
  bool end_in_order(bool comes_again) noexcept;
  /// Gives the descriptor back; the next call that needs one opens the file again.
  void close() noexcept;

  /// Under which it is known.
  [[nodiscard]] const std::string& final_path() const noexcept { return final_path_; }
  /// Where it stands now.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Where readers will find it: final_path(), or its new name in the same folder.
  [[nodiscard]] std::string shown_path() const;
  void set_new_name(std::string name) { new_name_ = std::move(name); }
  [[nodiscard]] bool hidden() const noexcept { return place_ == OutputMark::Place::hidden; }
  [[nodiscard]] const FileId& id() const noexcept { return id_; }
  [[nodiscard]] std::uint64_t length() const noexcept { return length_; }
  [[nodiscard]] std::uint64_t settled_length() const noexcept { return settled_length_; }
  [[nodiscard]] bool unsynced() const noexcept { return unsynced_; }
  [[nodiscard]] OutputMark mark(bool comes_again) const {
    return {place_, id_, length_, delimiter_first(), comes_again, closed_, new_name_};
  }

  /// Records of the request under way; refers to their bytes.
  pipeline::GatherList gathered;
  /// Records that wait to be packed and written.
  std::string pending;
  /// What stood in it before us does not end with a delimiter, so that ours has to begin with one.
  void begins_in_half_line() noexcept { half_line_ = length_; }
  [[nodiscard]] bool delimiter_first() const noexcept { return half_line_ > 0 && half_line_ == length_; }
  /// What stands in it so far comes to nothing when it is unpacked.
  void holds_nothing() noexcept { nothing_ = length_; }
  /// What is written next is the first that readers find in it.
  [[nodiscard]] bool at_beginning() const noexcept { return length_ == nothing_ && pending.empty(); }

 private:
  void begin_in_place();
  bool begin_hidden(bool beside_others);
  void remove_unknown(std::vector<int>& removed);
  void open_descriptor();
  /// False: another open file of this or another process has it.
  [[nodiscard]] static bool lock(int descriptor);
  [[noreturn]] void throw_locked();
  void cut();

  const codec::Format& format_;
  const std::string& speaker_;
  std::string final_path_;
  OutputMark::Place place_;
  std::string path_;
  std::string new_name_;
  int descriptor_ = -1;
  FileId id_;
  bool created_ = false;
  std::uint64_t length_ = 0;
  std::uint64_t settled_length_ = 0;
  std::uint64_t half_line_ = 0;
  std::uint64_t nothing_ = 0;
  bool unsynced_ = false;
  bool torn_ = false;    // bytes may stand behind length_
  bool shared_ = false;  // it was said that others append to it
  bool closed_ = false;
};

}  // namespace hiveframe::connectors::file
