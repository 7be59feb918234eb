#pragma once

#include "connectors/file/file_sink.hpp"
#include "tests/unit/connectors/file_source_harness.hpp"

namespace hiveframe::testing {

using connectors::file::FileSink;
using connectors::file::SinkSettings;

inline std::shared_ptr<const SinkSettings> sink_settings(const std::string& yaml,
                                                         const std::string& folder = "/") {
  std::optional<SinkSettings> settings = settings_from(connectors::file::sink_options(), yaml, folder);
  return std::make_shared<const SinkSettings>(std::move(settings).value());
}

/// Whether what is written behind the marks comes again.
enum class Delivery { at_least_once, at_most_once };

/// Whether a run goes on with what the marks are of.
enum class Start { resume, over };

/// One run of a sink: begins with the marks that were stored, and may end in a crash.
class SinkRun {
 public:
  explicit SinkRun(std::shared_ptr<const SinkSettings> settings, Marks& marks, bool completing = false,
                   Delivery delivery = Delivery::at_least_once, Start start = Start::resume)
      : settings_(std::move(settings)), sink_(std::make_unique<FileSink>(settings_)), marks_(marks) {
    marks_.now = marks_.stored;  // what was not stored is gone with the process
    pipeline::SinkContext context;
    context.marks = &marks_;
    context.pipeline = "orders";
    context.name = "sinks[1]";
    context.stored_marks = marks_.stored;
    context.completing = completing;
    context.comes_again = delivery == Delivery::at_least_once;
    context.goes_on = start == Start::resume;
    run(sink_->open(std::move(context)));
  }
  SinkRun(const std::string& yaml, Marks& marks, Delivery delivery = Delivery::at_least_once)
      : SinkRun(sink_settings(yaml), marks, false, delivery) {}
  SinkRun(const std::string& yaml, Marks& marks, Start start, Delivery delivery = Delivery::at_least_once)
      : SinkRun(sink_settings(yaml), marks, false, delivery, start) {}

  std::vector<std::string> write(const std::vector<std::string>& lines, Bytes how = Bytes::as_read) {
    pipeline::WriteRequest request;
    request.slices.push_back(slice(lines, sink_->traits(), how));
    request.ack = acks.next();
    std::vector<std::string> refused;
    for (const pipeline::Rejection& each : run(sink_->write(request)))
      refused.push_back(std::to_string(each.record) + ": " + each.error.message);
    return refused;
  }
  void flush() { run(sink_->flush()); }
  void complete() { run(sink_->complete()); }
  void close() { run(sink_->close()); }
  /// All that was written is durable and its marks are stored: what a commit is.
  void store() {
    flush();
    marks_.commit();
  }
  /// Everything a run does that is told to stop before the source has ended.
  void stop() {
    store();
    close();
  }
  void cancel() { sink_->cancel(); }
  /// Everything a run does that ends well.
  void finish() {
    store();
    complete();
    close();
    marks_.stored.clear();
  }
  void crash() { sink_.reset(); }

  Acks acks;

 private:
  std::shared_ptr<const SinkSettings> settings_;
  std::unique_ptr<FileSink> sink_;
  Marks& marks_;
};

inline std::string sink_error(const std::string& yaml, const std::string& folder = "/") {
  std::string problems;
  settings_from(connectors::file::sink_options(), yaml, folder, &problems);
  return problems;
}

}  // namespace hiveframe::testing
