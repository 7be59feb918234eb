#include "daemon/cli/dry_run.hpp"

#include <cerrno>
#include <mutex>

#include "pipeline/codec/format.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::daemon {

class DryRunOutput {
 public:
  DryRunOutput(std::ostream& out, std::function<int()> error) : out_(out), error_(std::move(error)) {}

  // Whole lines.
  void print(const std::string& lines) {
    const std::lock_guard lock(mutex_);
    out_ << lines << std::flush;
    if (out_.good()) return;
    const int error = error_();
    if (error == EPIPE) throw pipeline::Closed("standard output");
    pipeline::throw_file_error(error, "write to", "standard output");
  }

 private:
  std::mutex mutex_;
  std::ostream& out_;
  std::function<int()> error_;
};

namespace {

using pipeline::Task;

// Stands in for a sink. It writes on the pipeline's strand: a reader that does not read holds up the data
// plane, and whatever waits for it is a dry run too.
class PrintingSink final : public pipeline::Sink {
 public:
  PrintingSink(std::string name, std::shared_ptr<DryRunOutput> output)
      : prefix_("{\"sink\":\"" + name + "\",\"record\":"), output_(std::move(output)) {}

  pipeline::SinkTraits traits() const override {
    pipeline::SinkTraits traits;
    traits.format = codec::find_format("ndjson");
    return traits;
  }
  Task<void> open(pipeline::SinkContext) override { co_return; }
  Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override {
    std::string lines;
    for (const record::Slice& slice : request.slices) {
      for (std::size_t i = 0; i < slice.size(); ++i) {
        lines += prefix_;
        lines += slice.encoded(i);
        lines += "}\n";
      }
    }
    output_->print(lines);
    request.ack.delivered();
    co_return std::vector<pipeline::Rejection>{};
  }
  Task<void> flush() override { co_return; }
  Task<void> close() override { co_return; }
  void cancel() noexcept override {}

 private:
  std::string prefix_;  // the names of sinks need no escapes in JSON
  std::shared_ptr<DryRunOutput> output_;
};

// A source that never learns that its records are done, so that it deletes and commits nothing.
class UncommittedSource final : public pipeline::Source {
 public:
  explicit UncommittedSource(std::unique_ptr<pipeline::Source> source) : source_(std::move(source)) {}

  pipeline::SourceTraits traits() const noexcept override { return source_->traits(); }
  std::string identity() const override { return source_->identity(); }
  const codec::Format* format() const noexcept override { return source_->format(); }
  Task<void> open(pipeline::SourceContext context) override { return source_->open(std::move(context)); }
  Task<pipeline::LaneEvent> next() override { return source_->next(); }
  Task<void> commit(std::vector<pipeline::LanePosition>) override { co_return; }
  void released(const std::string& lane) override { source_->released(lane); }
  Task<void> close() override { return source_->close(); }
  void cancel() noexcept override { source_->cancel(); }

 private:
  std::unique_ptr<pipeline::Source> source_;
};

void print_instead(runtime::SinkSpec& sink, const std::shared_ptr<DryRunOutput>& output) {
  sink.make = [name = sink.name, output] { return std::make_unique<PrintingSink>(name, output); };
}

}  // namespace

std::shared_ptr<DryRunOutput> dry_run_output(std::ostream& out, std::function<int()> error) {
  return std::make_shared<DryRunOutput>(out, std::move(error));
}

runtime::PipelineSpec dry_run(runtime::PipelineSpec spec, const std::shared_ptr<DryRunOutput>& output) {
  for (runtime::SinkSpec& sink : spec.sinks)
    print_instead(sink, output);
  if (spec.dead_letter) print_instead(*spec.dead_letter, output);
  spec.source = [make = std::move(spec.source)] { return std::make_unique<UncommittedSource>(make()); };
  return spec;
}

}  // namespace hiveframe::daemon
