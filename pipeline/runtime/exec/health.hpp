#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace hiveframe::runtime {

/// The component that several parts of a run are in trouble with.
inline constexpr const char* state_store_component = "state store";

/// What keeps a pipeline waiting for the world, by component. One log line when a trouble begins and one
/// when it ends, however often it is tried in between. Thread-safe.
class Health {
 public:
  /// `patience`: how long what fails is tried again; nothing: without end.
  explicit Health(std::string pipeline, std::optional<std::chrono::milliseconds> patience = std::nullopt);

  /// `component` is in trouble: `message` is the error's line.
  void trouble(const std::string& component, const std::string& message);
  /// It worked again; nothing if it was in no trouble.
  void recovered(const std::string& component);
  /// Nobody tries it any more, so nobody will find out whether it works again: says nothing.
  void forget(const std::string& component);

  [[nodiscard]] bool degraded() const;
  /// One line: "sink: cannot write to …"; empty if there is none.
  [[nodiscard]] std::string reason() const;

 private:
  struct Trouble {
    std::string message;
    std::size_t attempts = 0;
  };

  std::string pipeline_;
  std::string until_;  // when trying ends
  mutable std::mutex mutex_;
  std::map<std::string, Trouble> troubles_;
};

}  // namespace hiveframe::runtime
