#include "net/unix_socket_file.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "net/error.hpp"

namespace hiveframe::net {
namespace {

[[noreturn]] void refuse(const std::string& path, std::string answer, std::string next) {
  throw Error({"listen on", path, std::move(answer), std::move(next)});
}

[[noreturn]] void refuse(const std::string& path, int error, std::string next) {
  refuse(path, std::generic_category().message(error), std::move(next));
}

// What a client would get: 0, or the error of connecting.
int try_to_connect(const std::string& path) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno;
  const boost::asio::local::stream_protocol::endpoint address(path);
  const int error =
      ::connect(descriptor, address.data(), static_cast<socklen_t>(address.size())) == 0 ? 0 : errno;
  ::close(descriptor);
  return error;
}

void remove_stale(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return;
  if (!S_ISSOCK(found.st_mode))
    refuse(path, "there is a file that is no socket", "remove it, or choose another path");
  const int error = try_to_connect(path);
  // EAGAIN: somebody listens, and has many to accept.
  if (error == 0 || error == EAGAIN)
    refuse(path, "another process listens on it", "stop that one, or choose another path");
  if (error != ECONNREFUSED) refuse(path, error, "remove the socket that is there, or choose another path");
  if (::unlink(path.c_str()) != 0) refuse(path, errno, "remove the socket that is left there");
}

}  // namespace

UnixSocketFile::UnixSocketFile(Acceptor& acceptor, std::string path) : path_(std::move(path)) {
  if (path_.empty() || path_.size() >= sizeof(sockaddr_un::sun_path) || path_.find('\0') != std::string::npos)
    refuse(path_, "the path of a Unix socket has 1 to 107 bytes", "choose a shorter path");
  remove_stale(path_);
  const boost::asio::local::stream_protocol::endpoint address(path_);
  boost::system::error_code code;
  acceptor.open(boost::asio::generic::stream_protocol(AF_UNIX, 0), code);
  if (!code) acceptor.bind(address, code);
  if (code) refuse(path_, code.message(), "check that the folder is there and this user may write to it");
  struct stat made {};
  if (::chmod(path_.c_str(), 0660) != 0 || ::lstat(path_.c_str(), &made) != 0) {
    const int error = errno;
    ::unlink(path_.c_str());
    refuse(path_, error, "check the folder's file system");
  }
  device_ = made.st_dev;
  inode_ = made.st_ino;
}

UnixSocketFile::~UnixSocketFile() {
  struct stat found {};
  if (::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_)
    ::unlink(path_.c_str());
}

}  // namespace hiveframe::net
