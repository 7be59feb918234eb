#pragma once

#include <string>
#include <vector>

#include "pipeline/gather_list.hpp"
#include "pipeline/interrupt.hpp"

namespace hiveframe::connectors::stdio {

/// Writes to a descriptor of any kind so that waiting for its reader can be interrupted. The descriptor's own
/// settings are shared with the process that gave it to us (the shell) and stay as they are. Blocking.
class Output {
 public:
  /// Both outlive it. `name` is for messages.
  Output(int descriptor, std::string name, const pipeline::Interrupt& interrupt);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// All of it; of a file, nothing if it throws Retryable. Throws Interrupted, and Closed when the reader is
  /// gone.
  void write(const std::vector<iovec>& runs);

 private:
  enum class Kind {
    file,
    pipe,   ///< through a descriptor of our own that does not block
    other,  ///< a terminal, a device, a socket: in pieces small enough not to block once it can be written
  };

  void write_file(const std::vector<iovec>& runs);
  void write_pipe(const std::vector<iovec>& runs);
  void write_pieces(const std::vector<iovec>& runs);
  [[noreturn]] void fail(int error_number, bool begun) const;

  int given_;
  int descriptor_;
  std::string name_;
  const pipeline::Interrupt& interrupt_;
  Kind kind_ = Kind::other;
};

}  // namespace hiveframe::connectors::stdio
