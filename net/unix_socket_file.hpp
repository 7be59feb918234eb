// Private to net/: brings Asio's sockets.
#pragma once

#include <string>
#include <sys/types.h>

#include "net/socket.hpp"

namespace hiveframe::net {

/// The file of a Unix socket that a listener made. Removes it at its end, if it still is the same one.
class UnixSocketFile {
 public:
  /// Opens the acceptor on `path` with mode 0660, but does not listen yet, so that nobody connects before the
  /// mode is set. Replaces a socket that nobody listens on. Throws Error.
  ///
  /// Two processes that begin at the same moment on the same path are not kept apart here: whoever may be
  /// started twice holds a lock of its own before.
  UnixSocketFile(Acceptor& acceptor, std::string path);
  ~UnixSocketFile();
  UnixSocketFile(const UnixSocketFile&) = delete;
  UnixSocketFile& operator=(const UnixSocketFile&) = delete;

 private:
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace hiveframe::net
