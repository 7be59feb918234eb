#pragma once

#include "daemon/cli/command_line.hpp"
#include "daemon/manager/manager.hpp"

namespace hiveframe::daemon {

/// Runs a sound configuration as a service until a signal stops it: SIGHUP reads it again, SIGTERM and SIGINT
/// let the pipelines finish what was read, and a second one of these ends the process there and then. Tells a
/// service manager how it is (sd_notify). Logs on `io.err`. Returns the exit status: 0 if everything was
/// drained.
int run_service(Configuration configuration, Manager::Loader loader, Io& io);

}  // namespace hiveframe::daemon
