#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connectors/file/open_files.hpp"
#include "connectors/file/source_settings.hpp"
#include "pipeline/blocking_thread.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::connectors::file {

/// Reads files: each is a lane, opened in the order of the names, a few at a time. Ends when all are read.
class FileSource final : public pipeline::Source {
 public:
  explicit FileSource(SourceSettings settings);
  ~FileSource() override;

  [[nodiscard]] pipeline::SourceTraits traits() const noexcept override;
  [[nodiscard]] std::string identity() const override;
  [[nodiscard]] const codec::Format* format() const noexcept override;

  pipeline::Task<void> open(pipeline::SourceContext context) override;
  pipeline::Task<pipeline::LaneEvent> next() override;
  pipeline::Task<void> close() override;
  void cancel() noexcept override;

 private:
  void find();
  void read_rows_as_set();
  std::unique_ptr<pipeline::Lane> open_next();

  SourceSettings settings_;
  std::string path_;
  std::shared_ptr<OpenFiles> open_files_;
  std::vector<std::string> files_;
  std::vector<const codec::Format*> formats_;  // one a file
  std::unique_ptr<const codec::Format> csv_;   // of those that are csv
  std::size_t next_ = 0;                       // file to be opened
  bool fifo_ = false;
  pipeline::BlockingThread thread_;
};

}  // namespace hiveframe::connectors::file
