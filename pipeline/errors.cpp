#include "pipeline/errors.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace hiveframe::pipeline {

std::string describe(const ErrorText& text) {
  std::string line = "cannot " + text.tried;
  if (!text.against.empty()) line += " " + text.against;
  if (!text.answer.empty()) line += ": " + text.answer;
  if (!text.next.empty()) line += "; " + text.next;
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return line;
}

Retryable::Retryable(ErrorText text, bool outcome_unknown)
    : std::runtime_error(describe(text)), text_(std::move(text)), outcome_unknown_(outcome_unknown) {}

Fatal::Fatal(ErrorText text) : std::runtime_error(describe(text)), text_(std::move(text)) {}

ErrorKind classify_file_error(int error_number) noexcept {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
    case EINTR:
    case EAGAIN:
    case EBUSY:
    case ETIMEDOUT:
    case ESTALE:
    case EHOSTDOWN:
    case EHOSTUNREACH:
      return ErrorKind::retryable;
    default:
      return ErrorKind::fatal;
  }
}

std::string_view file_error_advice(int error_number) noexcept {
  switch (error_number) {
    case ENOSPC:
      return "free some space on this file system";
    case EDQUOT:
      return "free some space or raise the disk quota of this user";
    case EIO:
      return "check the disk and the kernel log";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files (ulimit -n, LimitNOFILE=)";
    case ENOMEM:
    case ENOBUFS:
      return "free some memory on this machine";
    case ETIMEDOUT:
    case ESTALE:
    case EHOSTDOWN:
    case EHOSTUNREACH:
      return "check the server of this network file system";
    case EACCES:
    case EPERM:
      return "give the user that runs this permission to it, or name another path";
    case ENOTDIR:
      return "a part of this path is a file where a folder is needed; correct the path";
    case EISDIR:
      return "this is a folder; name a file";
    case EROFS:
      return "the file system is mounted read-only; name a path on another one";
    case ENOENT:
      return "correct the path, or make the file or folder";
    case ELOOP:
      return "a symbolic link in this path leads in a circle; correct it";
    case ENAMETOOLONG:
      return "use a shorter name";
    case EFBIG:
      return "the file reached the largest size allowed (ulimit -f, or the file system's own limit)";
    case ENOLCK:
      return "this file system does not offer locks; use a folder on a local disk";
    default:
      return "";
  }
}

void throw_file_error(int error_number, std::string tried, std::string path) {
  ErrorText text{std::move(tried), std::move(path), std::generic_category().message(error_number),
                 std::string(file_error_advice(error_number))};
  if (classify_file_error(error_number) == ErrorKind::retryable) {
    throw Retryable(std::move(text), error_number == EIO);
  }
  throw Fatal(std::move(text));
}

}  // namespace hiveframe::pipeline
