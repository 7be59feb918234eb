#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace hiveframe::daemon {

/// Sets up this process before its first thread and its first open file: nothing takes the place of a closed
/// standard input, output or error, which cannot be read or written, errors go nowhere; as many open files as
/// the system lets it have, few malloc arenas that keep some free memory; writing to a closed pipe (EPIPE) or
/// beyond the limit of a file's size (EFBIG) is an error, not a death.
void set_up_process();

/// Lets go of the pages of the program's own code, most of which only the start has needed: commands,
/// options, the reading of files. What is used on comes back from the page cache. For before records flow, so
/// that what they may take is not taken already.
void forget_start();

/// The variables of this process's environment whose names and values are UTF-8: `env` of expressions.
std::map<std::string, std::string> environment_variables();

/// Where pipelines' positions are kept unless the user says otherwise: /var/lib/hiveframed for root, else
/// $XDG_STATE_HOME/hiveframed, by default ~/.local/state/hiveframed (XDG Base Directory Specification 0.8).
std::filesystem::path default_state_dir();

}  // namespace hiveframe::daemon
