#pragma once

#include <vector>

#include "config/diagnostic.hpp"
#include "daemon/cli/command_line.hpp"

namespace hiveframe::daemon {

/// Shows all problems on `err`, in colour where that is wanted.
void show(const config::Diagnostics& diagnostics, Io& io);

}  // namespace hiveframe::daemon
