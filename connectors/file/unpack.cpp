#include "connectors/file/unpack.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "config/units.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

constexpr std::size_t packed_window = 128 * 1024;
constexpr std::uint64_t least_window = 8 * 1024 * 1024;
constexpr std::uint64_t window_share = 16;  // of the memory limit; a few files are open at a time
constexpr std::string_view rest_is_read = "; what was whole before that has been read";

/// What gzip and zstd have in common: a window of packed bytes, and that what was unpacked before an error
/// is handed out before the error.
class Unpacking : public codec::ByteStream {
 public:
  explicit Unpacking(FileStream& packed) : packed_(packed) {}

  std::size_t read(std::span<char> room) final {
    for (;;) {
      if (damage_) throw_damage();
      if (begin_ == end_ && !at_end_) fill();
      // Not even the content of an empty file is packed into nothing.
      if (begin_ == end_ && at_end_ && !inside_ && whole_) return 0;
      const bool no_input = begin_ == end_;
      member_ended_ = false;
      const std::size_t unpacked = step(room);
      unpacked_ += unpacked;
      if (member_ended_) whole_ = packed_.offset() - (end_ - begin_);
      if (unpacked == 0 && no_input && !damage_) {
        fail("ends early", "the file was not written or copied whole");
        damage_->needs_other_file = true;
      }
      if (unpacked > 0) return unpacked;
    }
  }

  /// The offset behind the last whole member.
  [[nodiscard]] std::optional<std::uint64_t> whole() const noexcept { return whole_; }

 protected:
  /// Unpacks some of window(); keeps inside_ and member_ended_ up to date; calls fail() where the data is
  /// damaged.
  virtual std::size_t step(std::span<char> room) = 0;
  [[nodiscard]] virtual const char* name() const noexcept = 0;

  [[nodiscard]] std::string_view window() const noexcept { return {window_.data() + begin_, end_ - begin_}; }
  void consume(std::size_t bytes) noexcept { begin_ += bytes; }
  /// Once everything before it has been handed out, read() throws.
  void fail_damaged(const std::string& what) {
    fail(what.empty() ? "is damaged" : "is damaged (" + what + ")", "get a good copy of the file");
    damage_->needs_other_file = true;
    if (!whole_) damage_->if_nothing = "; if it is not packed at all, set 'compression: none'";
  }
  void fail(std::string how, std::string why) {
    damage_ = Damage{std::move(how), std::move(why), {}, false, packed_.offset() - (end_ - begin_)};
  }

  bool inside_ = false;        // between the first and the last byte of a member or frame
  bool member_ended_ = false;  // by the last step, with its last byte

 private:
  struct Damage {
    std::string how;
    std::string why;
    std::string if_nothing;  // what else may be so if nothing was unpacked before
    bool needs_other_file;   // which will not be the one that was read in part
    std::uint64_t offset;    // in the packed file
  };

  [[noreturn]] void throw_damage() const {
    std::string next = damage_->why;
    if (unpacked_ == 0) {
      next += damage_->if_nothing;
    } else {
      next += rest_is_read;
      if (damage_->needs_other_file) next += "; with a good copy, " + std::string(pipeline::run_from_start);
    }
    throw pipeline::Fatal({"read", packed_.path() + " at byte " + std::to_string(damage_->offset),
                           "its " + std::string(name()) + " data " + damage_->how + ", " +
                               std::to_string(unpacked_) + " bytes into the content",
                           std::move(next)});
  }

  void fill() {
    begin_ = 0;
    end_ = 0;  // as it is when read() throws
    end_ = packed_.read(window_);
    at_end_ = end_ == 0;
  }

  FileStream& packed_;
  std::vector<char> window_ = std::vector<char>(packed_window);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;
  std::uint64_t unpacked_ = 0;
  std::optional<Damage> damage_;
  std::optional<std::uint64_t> whole_;
};

class GzipStream final : public Unpacking {
 public:
  explicit GzipStream(FileStream& packed) : Unpacking(packed) {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw std::bad_alloc();
  }
  ~GzipStream() override { inflateEnd(&stream_); }

 private:
  [[nodiscard]] const char* name() const noexcept override { return "gzip"; }

  std::size_t step(std::span<char> room) override {
    if (!inside_ && skip_padding()) return 0;
    inside_ = true;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(window().data()));
    stream_.avail_in = static_cast<uInt>(window().size());
    stream_.next_out = reinterpret_cast<Bytef*>(room.data());
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(room.size(), 1U << 30));
    const uInt room_given = stream_.avail_out;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    consume(window().size() - stream_.avail_in);
    if (result == Z_STREAM_END) {
      inside_ = false;
      member_ended_ = true;
      members_ = true;
      inflateReset(&stream_);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      if (result == Z_MEM_ERROR) throw std::bad_alloc();
      fail_damaged(stream_.msg != nullptr ? stream_.msg : "");
    }
    return room_given - stream_.avail_out;
  }

  /// Tapes and block devices fill up the last block with zeros, which gzip allows behind a member.
  bool skip_padding() {
    if (!members_) return false;
    const std::size_t data = std::min(window().find_first_not_of('\0'), window().size());
    consume(data);
    return window().empty();
  }

  z_stream stream_{};
  bool members_ = false;
};

/// Of a frame that begins here, if it says so at once: RFC 8878, 3.1.1.1.2.
std::optional<std::uint64_t> window_of(std::string_view frame) {
  constexpr unsigned char single_segment = 0x20;
  if (frame.size() < 6 || (static_cast<unsigned char>(frame[4]) & single_segment) != 0) return std::nullopt;
  const auto descriptor = static_cast<unsigned char>(frame[5]);
  const std::uint64_t base = std::uint64_t{1} << (10 + (descriptor >> 3));
  return base + base / 8 * (descriptor & 7U);
}

class ZstdStream final : public Unpacking {
 public:
  ZstdStream(FileStream& packed, std::uint64_t memory_limit)
      : Unpacking(packed),
        context_(ZSTD_createDCtx()),
        window_at_most_(std::max(least_window, memory_limit / window_share)) {
    if (context_ == nullptr) throw std::bad_alloc();
    const int log = std::min(static_cast<int>(std::bit_width(window_at_most_)) - 1,
                             ZSTD_dParam_getBounds(ZSTD_d_windowLogMax).upperBound);
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, log);
  }
  ~ZstdStream() override { ZSTD_freeDCtx(context_); }

 private:
  [[nodiscard]] const char* name() const noexcept override { return "zstd"; }

  std::size_t step(std::span<char> room) override {
    const std::string_view before = window();
    ZSTD_inBuffer in{before.data(), before.size(), 0};
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    const std::size_t result = ZSTD_decompressStream(context_, &out, &in);
    consume(in.pos);
    if (ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge) {
      fail_window(inside_ ? std::nullopt : window_of(before));
    } else if (ZSTD_isError(result) != 0) {
      fail_damaged(ZSTD_getErrorName(result));
    } else {
      inside_ = result != 0;
      member_ended_ = result == 0 && in.pos > 0;
    }
    return out.pos;
  }

  void fail_window(std::optional<std::uint64_t> needed) {
    const std::string than = config::format_size(window_at_most_) + " that the memory limit leaves for it";
    if (needed) {
      fail("needs a window of " + config::format_size(*needed) + ", more than the " + than,
           "set the memory limit to " + config::format_size(*needed * window_share) +
               " or more, or pack the file again without --long or --ultra");
    } else {
      fail("needs a larger window than the " + than,
           "raise the memory limit, or pack the file again without --long or --ultra");
    }
  }

  ZSTD_DCtx* context_;
  std::uint64_t window_at_most_;
};

class Plain final : public codec::ByteStream {
 public:
  explicit Plain(FileStream& file) : file_(file) {}
  std::size_t read(std::span<char> room) override { return file_.read(room); }

 private:
  FileStream& file_;
};

std::unique_ptr<Unpacking> unpacking(Compression compression, FileStream& packed,
                                     std::uint64_t memory_limit) {
  if (compression == Compression::gzip) return std::make_unique<GzipStream>(packed);
  return std::make_unique<ZstdStream>(packed, memory_limit);
}

}  // namespace

std::unique_ptr<codec::ByteStream> unpack(Compression compression, FileStream& packed,
                                          std::uint64_t memory_limit) {
  if (compression == Compression::none) return std::make_unique<Plain>(packed);
  return unpacking(compression, packed, memory_limit);
}

std::optional<std::uint64_t> end_of_whole_members(Compression compression, FileStream& packed,
                                                  const pipeline::Interrupt& interrupt) {
  const std::unique_ptr<Unpacking> content = unpacking(compression, packed, 0);
  std::vector<char> dropped(packed_window);
  try {
    while (content->read(dropped) > 0)
      interrupt.check();
  } catch (const pipeline::Fatal&) {
    // Only how far it got is asked.
  }
  return content->whole();
}

}  // namespace hiveframe::connectors::file
