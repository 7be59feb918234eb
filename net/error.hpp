// What the world answers to a server that would listen, or to a client that asks.
#pragma once

#include <stdexcept>
#include <string>

namespace hiveframe::net {

/// The four things an operator needs from an error; in one line:
///   cannot <tried> <against>: <answer>; <next>
struct ErrorText {
  std::string tried;    ///< an infinitive phrase: "connect to", "listen on"
  std::string against;  ///< an address or a path; no secret
  std::string answer;   ///< what came back, in the other side's words
  std::string next;     ///< what to do about it; may be empty
};

/// Thrown by listening and by clients. Malformed requests are no exceptions, but answers (see Problem).
class Error : public std::runtime_error {
 public:
  explicit Error(ErrorText text);

  const ErrorText& text() const noexcept { return text_; }

 private:
  ErrorText text_;
};

/// A client's request that cancel() ended.
class Cancelled : public std::runtime_error {
 public:
  Cancelled() : std::runtime_error("cancelled") {}
};

}  // namespace hiveframe::net
