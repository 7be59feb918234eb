#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "connectors/file/compression.hpp"
#include "connectors/file/file_identity.hpp"
#include "connectors/file/file_stream.hpp"
#include "connectors/file/open_files.hpp"
#include "pipeline/blocking_thread.hpp"
#include "pipeline/codec/record_reader.hpp"
#include "pipeline/source.hpp"
#include "pipeline/stream_batch.hpp"

namespace hiveframe::connectors::file {

/// One input file, up to where it ended when the lane was made. While it is read it has a thread of its own
/// and keeps the file open; at its end it lets go of both, and opens the file again only if it is rewound.
/// Positions are codec::StreamPosition, counted in unpacked bytes: to go on in the middle of a packed file it
/// is unpacked up to there.
class FileLane final : public pipeline::Lane {
 public:
  /// Opens the file; blocking. `files` has counted it as open. `compression`: nothing means to find out.
  FileLane(const std::string& path, const codec::Format& format, std::optional<Compression> compression,
           std::shared_ptr<OpenFiles> files);
  ~FileLane() override;

  [[nodiscard]] const std::string& id() const noexcept override { return path_; }
  [[nodiscard]] std::string identity() const override;
  [[nodiscard]] bool is_same(std::string_view stored_identity) const override;
  /// Of a file that is not packed.
  [[nodiscard]] std::optional<std::uint64_t> expected_bytes() const override;

  pipeline::Task<void> seek(std::optional<pipeline::Position> position) override;
  pipeline::Task<pipeline::ReadBatch> read(pipeline::ReadLimits limits) override;
  [[nodiscard]] pipeline::Position position_of(const record::Storage& storage,
                                               const record::Record& record) const override;
  [[nodiscard]] std::string place_of(const record::Storage& storage,
                                     const record::Record& record) const override;

 private:
  void open_again();
  void go_to(const codec::StreamPosition& position);
  void skip();
  pipeline::ReadBatch next_batch(const pipeline::ReadLimits& all_limits);
  void finish_batch(codec::RecordReader::Batch batch, pipeline::ReadBatch& out);
  void let_go() noexcept;

  std::string path_;
  const codec::Format& format_;
  std::shared_ptr<OpenFiles> files_;
  bool counted_ = true;
  Compression compression_ = Compression::none;
  std::optional<FileIdentity> identity_;  // none: a FIFO
  std::uint64_t size_ = 0;
  std::uint64_t end_ = 0;  // of the packed bytes; stays when the file is opened again
  std::unique_ptr<FileStream> file_;
  std::unique_ptr<codec::ByteStream> content_;  // made by the first read, which knows the limits
  std::unique_ptr<codec::RecordReader> reader_;
  pipeline::StreamPositions positions_;
  codec::StreamPosition start_;  // of the reader that is made next
  std::uint64_t to_skip_ = 0;    // bytes of the content before that
  bool started_ = false;
  std::unique_ptr<pipeline::BlockingThread> thread_;
};

}  // namespace hiveframe::connectors::file
