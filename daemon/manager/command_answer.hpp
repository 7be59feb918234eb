#pragma once

#include <functional>
#include <string>

namespace hiveframe::daemon {

/// The answer to a command.
struct CommandAnswer {
  enum class Outcome {
    done,
    unknown,  ///< there is no pipeline of this name
    refused,  ///< it cannot be done in the pipeline's state, which the message says
    failed,   ///< it was done, and did not come out as asked
  };
  Outcome outcome = Outcome::done;
  std::string message = {};  ///< one line for people; empty if done and there is nothing to add
};
/// Where a run goes on: where the last one stopped, or, with all it stored forgotten, at the beginning.
enum class From { position, start };
using CommandDone = std::function<void(CommandAnswer)>;

}  // namespace hiveframe::daemon
