#include "pipeline/codec/bytes/framer.hpp"

namespace hiveframe::codec::bytes {

std::size_t BytesFramer::scan(std::string_view window, bool at_end, std::size_t limit,
                              std::vector<Frame>& frames) {
  if (!at_end || done_ || limit == 0) return 0;
  done_ = true;
  frames.push_back({0, window.size(), 0});
  return window.size();
}

Framer::Skipped BytesFramer::skip(std::string_view window, bool at_end) {
  done_ = at_end;
  return {window.size(), window.size(), at_end};
}

bool BytesFramer::restore(std::string_view saved) {
  if (!saved.empty() && saved != "done") return false;
  done_ = !saved.empty();
  return true;
}

}  // namespace hiveframe::codec::bytes
