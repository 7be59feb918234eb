#pragma once

#include <memory>

namespace CLI {  // NOLINT(readability-identifier-naming): as CLI11 calls it
class FormatterBase;
}

namespace hiveframe::daemon {

/// Lays out `--help`: what the command is for, how it is written, what its arguments are, and examples.
std::shared_ptr<CLI::FormatterBase> help_formatter();

}  // namespace hiveframe::daemon
