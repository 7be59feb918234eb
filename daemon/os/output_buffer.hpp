#pragma once

#include <array>
#include <streambuf>

namespace hiveframe::daemon {

/// The buffer of a stream that writes to a file descriptor and remembers why it could not, which
/// std::ofstream does not tell. After an error everything fails. One thread at a time.
class OutputBuffer final : public std::streambuf {
 public:
  /// The descriptor stays its owner's.
  explicit OutputBuffer(int descriptor);
  ~OutputBuffer() override;

  /// The errno of the write that failed, or 0. EPIPE: nobody reads any more.
  [[nodiscard]] int error() const noexcept { return error_; }

 private:
  int_type overflow(int_type c) override;
  int sync() override;
  bool write_out();

  int descriptor_;
  int error_ = 0;
  std::array<char, 65536> buffer_;
};

}  // namespace hiveframe::daemon
