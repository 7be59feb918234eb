#include "pipeline/runtime/exec/pipeline.hpp"

#include <utility>

#include "pipeline/runtime/exec/run.hpp"

namespace hiveframe::runtime {

Pipeline::Pipeline(PipelineSpec spec, RunOptions options, Engine& engine)
    : run_(std::make_shared<Run>(std::move(spec), std::move(options), engine)) {}

Pipeline::~Pipeline() = default;

void Pipeline::start(std::function<void()> ended) { run_->start(std::move(ended)); }

void Pipeline::stop() { run_->stop(); }

Status Pipeline::status() const { return run_->status(); }

}  // namespace hiveframe::runtime
