// What one thread can do with lines of JSON when nothing is in its way, written by hand for orders.cpp's
// records: what the daemon is measured against. ceilings WORK INPUT OUTPUT, where WORK is
//   lines   reads and writes lines
//   pass    validates with simdjson's DOM, writes the line
//   filter  the same, writes lines whose status is "paid"
//   third   builds a tree in an arena, keeps status "paid", adds total = amount * 1.2, drops note, writes it
//   all     the same, keeps every status but "gone"
// Writes to OUTPUT what the daemon should. No queues, no threads, no positions, no second look at numbers.
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "tests/bench/order_work.hpp"

namespace {

using namespace hiveframe::bench;

constexpr std::size_t block = 256 * 1024;

class Lines {
 public:
  bool operator()(std::string_view line, Text& out) {
    out.put(line);
    return true;
  }
};

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

int fail(const char* what) {
  std::perror(what);
  return 1;
}

template <class Work>
int run(Work work, const char* input, const char* output) {
  const int in = open(input, O_RDONLY | O_CLOEXEC);
  if (in < 0) return fail(input);
  const int to = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (to < 0) return fail(output);
  Text out(16 * block);
  std::vector<char> window(2 * block + simdjson::SIMDJSON_PADDING);
  std::size_t held = 0;
  for (;;) {
    const ssize_t got = read(in, window.data() + held, block);
    if (got < 0) return fail(input);
    if (got == 0) break;
    held += static_cast<std::size_t>(got);
    const char* at = window.data();
    const char* const end = at + held;
    while (const void* newline = std::memchr(at, '\n', static_cast<std::size_t>(end - at))) {
      const char* const next = static_cast<const char*>(newline) + 1;
      if (!work(std::string_view(at, static_cast<std::size_t>(next - at)), out)) {
        std::fprintf(stderr, "%s: a line is no order\n", input);
        return 1;
      }
      at = next;
    }
    if (!write_all(to, out.view())) return fail(output);
    out.clear();
    held = static_cast<std::size_t>(end - at);
    if (held > block) {
      std::fprintf(stderr, "%s: a line is longer than %zu bytes\n", input, block);
      return 1;
    }
    std::memmove(window.data(), at, held);
  }
  return close(to) == 0 ? 0 : fail(output);
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view work = count == 4 ? arguments[1] : "";
  if (work == "lines") return run(Lines(), arguments[2], arguments[3]);
  if (work == "pass") return run(Pass(), arguments[2], arguments[3]);
  if (work == "filter") return run(Filter(), arguments[2], arguments[3]);
  if (work == "third") return run(Rebuild(false), arguments[2], arguments[3]);
  if (work == "all") return run(Rebuild(true), arguments[2], arguments[3]);
  std::fprintf(stderr, "usage: ceilings lines|pass|filter|third|all INPUT OUTPUT\n");
  return 2;
}
