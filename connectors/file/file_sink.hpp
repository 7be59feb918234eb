#pragma once

#include <memory>
#include <string>

#include "connectors/file/output_files.hpp"
#include "connectors/file/sink_settings.hpp"
#include "pipeline/blocking_thread.hpp"
#include "pipeline/file_output.hpp"
#include "pipeline/interrupt.hpp"
#include "pipeline/sink.hpp"

namespace hiveframe::connectors::file {

/// Writes records to files. `append` grows a file where readers see it; everything else is written under a
/// hidden name and renamed when it is complete. Acks are said at flush(), when the files are synced.
class FileSink final : public pipeline::Sink, public pipeline::FileOutput {
 public:
  /// Settings that were checked; they outlive the sink's batches.
  explicit FileSink(std::shared_ptr<const SinkSettings> settings);
  ~FileSink() override;

  [[nodiscard]] pipeline::SinkTraits traits() const override;
  [[nodiscard]] std::string identity() const override;
  [[nodiscard]] bool replaces_earlier() const override { return settings_->mode != Mode::append; }
  [[nodiscard]] std::string appended_file() const override;
  pipeline::Task<void> open(pipeline::SinkContext context) override;
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override;
  pipeline::Task<void> flush() override;
  pipeline::Task<void> complete() override;
  pipeline::Task<void> close() override;
  /// Ends waiting for the lock of a folder, and, between two files or two pieces of one, what goes through
  /// many. A single write or fsync goes on until the system returns from it, which a network file system
  /// whose server is away may not do.
  void cancel() noexcept override { interrupt_.raise(); }

 private:
  template <typename F>
  auto cancellable(F work);
  pipeline::Task<void> store_marks();

  std::shared_ptr<const SinkSettings> settings_;
  pipeline::Interrupt interrupt_;
  pipeline::SinkContext context_;
  std::unique_ptr<OutputFiles> files_;  // used on thread_ only
  pipeline::Ack kept_;                  // of what is written and not flushed; used on thread_ only
  bool unstored_marks_ = false;         // of files that nothing may be written to yet
  bool completed_ = false;
  pipeline::BlockingThread thread_;
};

}  // namespace hiveframe::connectors::file
