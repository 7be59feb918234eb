#include "connectors/file/preamble.hpp"

#include <algorithm>

#include "config/text.hpp"
#include "connectors/file/file_stream.hpp"
#include "connectors/file/unpack.hpp"
#include "pipeline/codec/byte_order_mark.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

using codec::byte_order_mark;

std::string shown(std::string_view lines) {
  return config::quote(lines.substr(0, lines.find_first_of("\r\n")));
}

}  // namespace

bool begins_with_preamble(const std::string& path, Compression compression, std::string_view preamble,
                          const pipeline::Interrupt& interrupt) {
  FileStream file(path, interrupt);
  const auto content = unpack(compression, file);
  // A byte more, for the other end of line.
  std::string head(byte_order_mark.size() + preamble.size() + 1, '\0');
  std::size_t size = 0;
  while (size < head.size()) {
    const std::size_t got = content->read({head.data() + size, head.size() - size});
    if (got == 0) break;
    size += got;
    interrupt.check();
  }
  head.resize(size);
  if (head.empty()) return false;
  std::string_view begins = head;
  if (begins.starts_with(byte_order_mark)) begins.remove_prefix(byte_order_mark.size());
  const std::string_view row = preamble.substr(0, preamble.find_last_not_of("\r\n") + 1);
  if (begins.starts_with(row)) {
    begins.remove_prefix(row.size());
    if (begins.empty() || begins.starts_with('\n') || begins.starts_with("\r\n")) return true;
    begins = head;
  }
  throw pipeline::Fatal({"append to", path,
                         "it begins with " + shown(begins) + ", and not with the header " + shown(row),
                         "give the sink the columns of the file, or another file; with 'header: false' rows "
                         "are appended to whatever stands there"});
}

}  // namespace hiveframe::connectors::file
