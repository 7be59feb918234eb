#pragma once

#include "config/option_type.hpp"
#include "pipeline/runtime/exec/spec.hpp"

namespace hiveframe::daemon {

/// The sections of a pipeline that say how its sinks are called.
config::OptionType<runtime::RetrySettings> retry_type();
config::OptionType<runtime::BreakerSettings> circuit_breaker_type();
config::OptionType<runtime::BatchSettings> batch_type();

}  // namespace hiveframe::daemon
