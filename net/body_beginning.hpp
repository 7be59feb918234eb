#pragma once

#include <cstddef>

namespace hiveframe::net {

/// When Beast's parser of a message can be given the bytes there are. Five are the shortest chunked body: it
/// fails an assertion that sees three of one, and then four.
class BodyBeginning {
 public:
  /// False: more are needed. True: they are given to the parser now.
  template <class Parser>
  bool suffices(const Parser& parser, std::size_t bytes) {
    const bool in_body = parser.is_header_done();
    const std::size_t least = in_body && parser.chunked() && !begun_ ? 5 : 1;
    if (bytes < least) return false;
    begun_ = in_body;
    return true;
  }

 private:
  bool begun_ = false;  // the parser has seen some of the body
};

}  // namespace hiveframe::net
