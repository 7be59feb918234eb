#pragma once

#include <string>

#include "daemon/manager/admin_sections.hpp"

namespace hiveframe::daemon {

/// Where a daemon with these settings is asked from its own machine, as net::ServerUrl has it: at a Unix
/// socket if it listens on one, else at the first address, or the loopback where that is every one. Empty: it
/// listens nowhere, or on a port that only it knows.
std::string local_url(const AdminSettings& settings);

}  // namespace hiveframe::daemon
