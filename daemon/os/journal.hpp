#pragma once

#include <string_view>

namespace hiveframe::daemon {

/// Whether what is written to a descriptor goes to systemd's journal, by the value of $JOURNAL_STREAM, see
/// systemd.exec(5): the device and inode of the journal's socket.
bool is_journal(int descriptor, std::string_view journal_stream);

}  // namespace hiveframe::daemon
