#include "pipeline/sink.hpp"

namespace hiveframe::pipeline {

Task<void> Sink::complete() { co_return; }

}  // namespace hiveframe::pipeline
