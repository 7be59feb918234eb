// The plain loop beside rows of CSV that become NDJSON: csv_loop INPUT OUTPUT
// Splits (RFC 4180), types and writes what `hiveframed` does of orders.cpp's rows with the columns' types
// below; reads and writes in blocks. It knows its columns, so that nothing of it can be told at run time.
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::size_t block = 256 * 1024;

enum class Type { text, integer, real };
struct Column {
  std::string_view name;  // as it is written: with quotes, colon and the comma before
  Type type;
};
constexpr std::array<Column, 8> columns = {{{"{\"id\":", Type::integer},
                                            {",\"ts\":", Type::text},
                                            {",\"user_id\":", Type::integer},
                                            {",\"name\":", Type::text},
                                            {",\"email\":", Type::text},
                                            {",\"status\":", Type::text},
                                            {",\"amount\":", Type::real},
                                            {",\"note\":", Type::text}}};

struct Field {
  std::string_view text;
  bool quoted = false;
  bool doubled = false;
};

class Output {
 public:
  explicit Output(int file) : file_(file), bytes_(2 * block) {}

  // Room for as many bytes, of which used() takes some.
  char* room(std::size_t bytes) {
    if (bytes_.size() - size_ < bytes) {
      if (!flush()) std::abort();
      if (bytes_.size() < bytes) bytes_.resize(bytes);
    }
    return bytes_.data() + size_;
  }
  void used(const char* end) { size_ = static_cast<std::size_t>(end - bytes_.data()); }
  bool flush() {
    for (std::string_view left(bytes_.data(), size_); !left.empty();) {
      const ssize_t put = write(file_, left.data(), left.size());
      if (put < 0) return false;
      left.remove_prefix(static_cast<std::size_t>(put));
    }
    size_ = 0;
    return true;
  }
  [[nodiscard]] bool full() const { return size_ >= block; }

 private:
  int file_;
  std::vector<char> bytes_;
  std::size_t size_ = 0;
};

char* copy(std::string_view text, char* to) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

// Eight bytes at a time, as long as none of them wants an escape.
char* write_string(const Field& field, char* to) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t high = 0x8080808080808080;
  const auto holds = [](std::uint64_t word, char c) {
    const std::uint64_t difference = word ^ (ones * static_cast<unsigned char>(c));
    return (difference - ones) & ~difference & high;
  };
  *to++ = '"';
  const char* at = field.text.data();
  const char* const end = at + field.text.size();
  for (; end - at >= 8; at += 8, to += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    const std::uint64_t control = (word - ones * 0x20) & ~word & high;
    if ((holds(word, '"') | holds(word, '\\') | control) != 0) break;
    std::memcpy(to, &word, 8);
  }
  for (; at != end; ++at) {
    const auto c = static_cast<unsigned char>(*at);
    if (c == '"' || c == '\\') {
      *to++ = '\\';
      *to++ = static_cast<char>(c);
      if (field.doubled && c == '"') ++at;
    } else if (c >= 0x20) {
      *to++ = static_cast<char>(c);
    } else {
      to += std::snprintf(to, 8, c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : "\\u%04x", c);
    }
  }
  *to++ = '"';
  return to;
}

char* write_field(const Field& field, Type type, char* to) {
  if (!field.quoted && field.text.empty()) return copy("null", to);
  const char* const begin = field.text.data();
  const char* const end = begin + field.text.size();
  switch (type) {
    case Type::integer: {
      std::int64_t number = 0;
      const auto read = std::from_chars(begin, end, number);
      if (read.ec != std::errc() || read.ptr != end) return nullptr;
      return std::to_chars(to, to + 24, number).ptr;
    }
    case Type::real: {
      double number = 0;
      const auto read = std::from_chars(begin, end, number);
      if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return nullptr;
      char* const after = std::to_chars(to, to + 32, number).ptr;
      if (std::string_view(to, static_cast<std::size_t>(after - to)).find_first_of(".e") !=
          std::string_view::npos)
        return after;
      return copy(".0", after);
    }
    case Type::text:
      break;
  }
  return write_string(field, to);
}

// One row, up to its end of line, in one look; nullptr: it goes on behind `end`.
const char* split(const char* at, const char* end, std::array<Field, columns.size()>& fields, bool& good) {
  std::size_t count = 0;
  good = true;
  for (;;) {
    Field field;
    if (at != end && *at == '"') {
      const char* const begin = ++at;
      for (;;) {
        at = static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
        if (at == nullptr || at + 1 == end) return nullptr;
        if (at[1] != '"') break;
        field.doubled = true;
        at += 2;
      }
      field.text = {begin, static_cast<std::size_t>(at - begin)};
      field.quoted = true;
      ++at;
    } else {
      const char* const begin = at;
      while (at != end && *at != ',' && *at != '\n')
        ++at;
      field.text = {begin, static_cast<std::size_t>(at - begin)};
    }
    if (at == end) return nullptr;
    if (count < fields.size()) fields[count] = field;
    ++count;
    if (*at == '\n') {
      good = good && count == fields.size();
      return at + 1;
    }
    good = good && *at == ',';
    ++at;
  }
}

int fail(const char* what) {
  std::perror(what);
  return 1;
}

int run(const char* input, const char* output) {
  const int in = open(input, O_RDONLY | O_CLOEXEC);
  if (in < 0) return fail(input);
  const int to = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (to < 0) return fail(output);
  Output out(to);
  std::vector<char> window(2 * block);
  std::size_t held = 0;
  bool header = true;
  std::array<Field, columns.size()> fields;
  for (;;) {
    const ssize_t got = read(in, window.data() + held, block);
    if (got < 0) return fail(input);
    if (got == 0) break;
    held += static_cast<std::size_t>(got);
    const char* at = window.data();
    const char* const end = at + held;
    bool good = true;
    while (const char* const next = at == end ? nullptr : split(at, end, fields, good)) {
      const std::string_view row(at, static_cast<std::size_t>(next - at));
      at = next;
      if (std::exchange(header, false)) continue;
      char* line = out.room(6 * row.size() + 512);
      for (std::size_t i = 0; good && i < columns.size(); ++i) {
        line = write_field(fields[i], columns[i].type, copy(columns[i].name, line));
        good = line != nullptr;
      }
      if (!good) {
        std::fprintf(stderr, "%s: a row is no order\n", input);
        return 1;
      }
      *line++ = '}';
      *line++ = '\n';
      out.used(line);
    }
    if (!simdjson::validate_utf8(window.data(), static_cast<std::size_t>(at - window.data()))) {
      std::fprintf(stderr, "%s: not UTF-8\n", input);
      return 1;
    }
    if (out.full() && !out.flush()) return fail(output);
    held = static_cast<std::size_t>(end - at);
    if (held > block) {
      std::fprintf(stderr, "%s: a row is longer than %zu bytes\n", input, block);
      return 1;
    }
    std::memmove(window.data(), at, held);
  }
  if (!out.flush()) return fail(output);
  return close(to) == 0 ? 0 : fail(output);
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 3) return run(arguments[1], arguments[2]);
  std::fprintf(stderr, "usage: csv_loop INPUT OUTPUT\n");
  return 2;
}
