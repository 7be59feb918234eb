#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hiveframe::connectors::file {

/// Which file on disk: an inode number may be given to a new file when the old one is gone, so the time of
/// its birth (0 where the file system does not keep one) belongs to it.
struct FileId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t born_ns = 0;  ///< since 1970

  bool operator==(const FileId&) const = default;
};

/// Of an open file, with its size. Throws Retryable or Fatal.
struct FileState {
  FileId id;
  std::uint64_t size = 0;
  std::uint32_t mode = 0;  ///< type and permissions
};
FileState state_of(int descriptor, const std::string& path);
/// Nothing if there is no such file. Follows symbolic links.
std::optional<FileState> state_of(const std::string& path);

/// What a later process must know of an output file: up to `length` its bytes belong to what is durable, and
/// what stands behind them in this very file is to be cut off, all of it or what is not whole. Stored under
/// the path that readers see.
struct OutputMark {
  enum class Place {
    in_place,  ///< written under its own name, where readers see it grow
    hidden,    ///< written under hidden_path(), to be renamed when complete
  };

  Place place = Place::in_place;
  FileId id;
  std::uint64_t length = 0;
  bool half_line = false;   ///< what stands before `length` is not ours and lacks its last delimiter
  bool comes_again = true;  ///< what stands behind `length`, for positions are stored after their records

  [[nodiscard]] std::string serialize() const;
  static std::optional<OutputMark> parse(std::string_view bytes);
  bool operator==(const OutputMark&) const = default;
};

}  // namespace hiveframe::connectors::file
