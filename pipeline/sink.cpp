#include "pipeline/sink.hpp"

namespace hiveframe::pipeline {

Task<void> ResumeMarks::store() { co_return; }

Task<void> Sink::complete() { co_return; }

}  // namespace hiveframe::pipeline
