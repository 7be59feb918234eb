#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hiveframe::codec {

/// `open` so many times, `inner`, and `close` as often.
inline std::string nested(std::size_t depth, std::string_view open, std::string_view inner,
                          std::string_view close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i)
    text += open;
  text += inner;
  for (std::size_t i = 0; i < depth; ++i)
    text += close;
  return text;
}

}  // namespace hiveframe::codec
