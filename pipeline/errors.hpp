// What a connector, the state store or the file system throws when the world does not do what was asked.
// Bad data and bad configuration are values, never these exceptions.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace hiveframe::pipeline {

/// The four things an operator needs from an error. what() joins them into one line:
///   cannot <tried> <against>: <answer>; <next>
struct ErrorText {
  std::string tried;    ///< an infinitive phrase: "write to", "connect to"
  std::string against;  ///< what it was tried on: a path, an address, a table; secrets already redacted
  std::string answer;   ///< what came back, in the other side's words
  std::string next;     ///< what to do about it; may be empty when waiting is all there is
};

/// What to do where input that was read in part is other now, as the end of ErrorText::next.
inline constexpr std::string_view run_from_start =
    "run with --from-start, which reads everything anew (a sink that appends then writes again what it has "
    "already)";

/// The line that what() gives. Control characters in the parts become spaces, so that it stays one line.
std::string describe(const ErrorText& text);

/// The world is down for now: the runtime keeps the batch and tries again without end, unless told otherwise.
class Retryable : public std::runtime_error {
 public:
  /// outcome_unknown: what was tried may have happened all the same (a connection lost after the request was
  /// sent, a failed fsync), so that trying again may write it twice.
  explicit Retryable(ErrorText text, bool outcome_unknown = false);

  const ErrorText& text() const noexcept { return text_; }
  bool outcome_unknown() const noexcept { return outcome_unknown_; }

 private:
  ErrorText text_;
  bool outcome_unknown_;
};

/// Trying again cannot help: the pipeline stops, and text().next says what a person must do.
class Fatal : public std::runtime_error {
 public:
  explicit Fatal(ErrorText text);

  const ErrorText& text() const noexcept { return text_; }

 private:
  ErrorText text_;
};

/// Whoever read the output wants no more of it (`| head`): the pipeline stops quietly, and that is no
/// failure.
class Closed : public std::runtime_error {
 public:
  explicit Closed(std::string output) : std::runtime_error(std::move(output) + " was closed by its reader") {}
};

enum class ErrorKind { retryable, fatal };

/// How an errno of a file operation is to be taken. Conditions that end without anybody touching the file
/// (no space, quota, an I/O error, too many open files, a network file system that does not answer) are
/// retryable; a wrong path, missing permission and everything unknown is fatal.
ErrorKind classify_file_error(int error_number) noexcept;

/// What to do about it, for ErrorText::next.
std::string_view file_error_advice(int error_number) noexcept;

/// Throws Retryable or Fatal for the errno of a failed file operation.
[[noreturn]] void throw_file_error(int error_number, std::string tried, std::string path);

}  // namespace hiveframe::pipeline
