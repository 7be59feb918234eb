#include "connectors/file/compression.hpp"

#include <new>
#include <stdexcept>
#include <zlib.h>
#include <zstd.h>

namespace hiveframe::connectors::file {
namespace {

constexpr int gzip_window = 15 + 16;  // the largest window, and gzip's header instead of zlib's

}  // namespace

Compression compression_of_name(std::string_view file_name) noexcept {
  if (file_name.ends_with(".gz")) return Compression::gzip;
  if (file_name.ends_with(".zst")) return Compression::zstd;
  return Compression::none;
}

Compression compression_of_content(std::string_view head) noexcept {
  using namespace std::string_view_literals;
  if (head.starts_with("\x1f\x8b"sv)) return Compression::gzip;
  if (head.starts_with("\x28\xb5\x2f\xfd"sv)) return Compression::zstd;
  if (head.size() >= 4 && (head[0] & 0xf0) == 0x50 && head.substr(1).starts_with("\x2a\x4d\x18"sv)) {
    return Compression::zstd;
  }
  return Compression::none;
}

std::string_view extension(Compression compression) noexcept {
  switch (compression) {
    case Compression::gzip:
      return ".gz";
    case Compression::zstd:
      return ".zst";
    case Compression::none:
      break;
  }
  return {};
}

struct Compressor::State {
  z_stream deflate{};
  bool deflating = false;
  ZSTD_CCtx* frames = nullptr;
};

Compressor::Compressor(Compression compression)
    : compression_(compression), state_(std::make_unique<State>()) {}

Compressor::~Compressor() {
  if (state_->deflating) deflateEnd(&state_->deflate);
  ZSTD_freeCCtx(state_->frames);
}

std::string_view Compressor::compress(std::string_view piece) {
  switch (compression_) {
    case Compression::gzip:
      return gzip(piece);
    case Compression::zstd:
      return zstd(piece);
    case Compression::none:
      break;
  }
  return piece;
}

std::string_view Compressor::gzip(std::string_view piece) {
  z_stream& stream = state_->deflate;
  if (!state_->deflating) {
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
      throw std::bad_alloc();
    }
    state_->deflating = true;
  } else {
    deflateReset(&stream);
  }
  out_.resize(deflateBound(&stream, piece.size()));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
  stream.avail_in = static_cast<uInt>(piece.size());
  stream.next_out = reinterpret_cast<Bytef*>(out_.data());
  stream.avail_out = static_cast<uInt>(out_.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::logic_error("deflateBound was too small");
  return {out_.data(), out_.size() - stream.avail_out};
}

std::string_view Compressor::zstd(std::string_view piece) {
  if (state_->frames == nullptr) {
    state_->frames = ZSTD_createCCtx();
    if (state_->frames == nullptr) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(state_->frames, ZSTD_c_checksumFlag, 1);
  }
  out_.resize(ZSTD_compressBound(piece.size()));
  const std::size_t size =
      ZSTD_compress2(state_->frames, out_.data(), out_.size(), piece.data(), piece.size());
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();
  return {out_.data(), size};
}

}  // namespace hiveframe::connectors::file
