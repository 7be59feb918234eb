#pragma once

#include <string>

namespace hiveframe::pipeline {

/// What a sink that writes files declares of them, for those who look after its output. Beside Sink, as
/// Transactional is. Fixed while it lives.
class FileOutput {
 public:
  virtual ~FileOutput() = default;

  /// What a run has written takes the place of earlier output when it is complete, or wants none to be there.
  [[nodiscard]] virtual bool replaces_earlier() const = 0;
  /// The one file that it appends records to, each as its format writes it, with the delimiter behind.
  /// Absolute. Empty: there is none.
  [[nodiscard]] virtual std::string appended_file() const = 0;
};

}  // namespace hiveframe::pipeline
