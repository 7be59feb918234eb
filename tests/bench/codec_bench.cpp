// What the JSON codec costs beside plain simdjson loops of the same work, in one process, interleaved:
// codec_bench [FILE [LOOP [ROUNDS]]]   lines of JSON; without a file (or with -), orders are made. Of the
// loops only those whose name begins with LOOP run. Per loop: the fastest round's nanoseconds a line and
// throughput, and its share of the plain loop before it. For instructions instead of time, which others'
// work on the machine does not change: valgrind --tool=callgrind codec_bench FILE LOOP 1
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <simdjson.h>
#include <sstream>
#include <string>
#include <vector>

#include "pipeline/codec/format.hpp"
#include "pipeline/codec/record_reader.hpp"
#include "tests/bench/cpu_seconds.hpp"
#include "tests/bench/made_orders.hpp"

namespace {

using namespace hiveframe;
namespace dom = simdjson::dom;

constexpr std::size_t bytes_wanted = 200'000'000;
constexpr std::size_t block = 256 * 1024;
constexpr int default_rounds = 15;

// The plain loops: a tree of 16-byte values in an arena, written by hand.
struct Member;
struct Node {
  union {
    std::int64_t integer;
    double real;
    const char* text;
    Node* items;
    Member* members;
  };
  std::uint32_t size;
  std::uint8_t type;
};
struct Member {
  const char* name;
  std::uint32_t name_size;
  Node value;
};

struct Bump {
  std::vector<char> room = std::vector<char>(16 << 20);
  std::size_t used = 0;
  void* take(std::size_t bytes) {
    bytes = (bytes + 7) & ~std::size_t{7};
    void* at = room.data() + used;
    used += bytes;
    return at;
  }
};

Node convert(dom::element element, Bump& bump) {
  Node node;
  node.size = 0;
  node.type = static_cast<std::uint8_t>(element.type());
  switch (element.type()) {
    case dom::element_type::ARRAY: {
      const dom::array array = element.get_array().value_unsafe();
      node.size = static_cast<std::uint32_t>(array.size());
      node.items = static_cast<Node*>(bump.take(node.size * sizeof(Node)));
      std::size_t i = 0;
      for (const dom::element item : array)
        node.items[i++] = convert(item, bump);
      break;
    }
    case dom::element_type::OBJECT: {
      const dom::object object = element.get_object().value_unsafe();
      node.size = static_cast<std::uint32_t>(object.size());
      node.members = static_cast<Member*>(bump.take(node.size * sizeof(Member)));
      std::size_t i = 0;
      for (const auto field : object) {
        node.members[i++] = {field.key.data(), static_cast<std::uint32_t>(field.key.size()),
                             convert(field.value, bump)};
      }
      break;
    }
    case dom::element_type::INT64:
      node.integer = element.get_int64().value_unsafe();
      break;
    case dom::element_type::UINT64:
      node.integer = static_cast<std::int64_t>(element.get_uint64().value_unsafe());
      break;
    case dom::element_type::DOUBLE:
      node.real = element.get_double().value_unsafe();
      break;
    case dom::element_type::STRING: {
      const std::string_view text = element.get_string().value_unsafe();
      char* copy = static_cast<char*>(bump.take(text.size()));
      std::memcpy(copy, text.data(), text.size());
      node.text = copy;
      node.size = static_cast<std::uint32_t>(text.size());
      break;
    }
    case dom::element_type::BOOL:
      node.integer = element.get_bool().value_unsafe() ? 1 : 0;
      break;
    default:
      break;
  }
  return node;
}

struct Out {
  std::vector<char> room = std::vector<char>(16 << 20);
  char* at = room.data();
  void put(char c) { *at++ = c; }
  void put(std::string_view text) {
    std::memcpy(at, text.data(), text.size());
    at += text.size();
  }
};

void write_text(Out& out, const char* text, std::size_t size) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t highs = 0x8080808080808080;
  out.put('"');
  std::size_t i = 0;
  while (i < size) {
    std::size_t j = i;
    while (j + 8 <= size) {
      std::uint64_t word;
      std::memcpy(&word, text + j, 8);
      const std::uint64_t quote = word ^ ones * '"';
      const std::uint64_t slash = word ^ ones * '\\';
      const std::uint64_t found = ((quote - ones) & ~quote & highs) | ((slash - ones) & ~slash & highs) |
                                  ((word - ones * 32) & ~word & highs);
      if (found != 0) {
        j += static_cast<std::size_t>(__builtin_ctzll(found) / 8);
        break;
      }
      j += 8;
    }
    while (j < size && static_cast<unsigned char>(text[j]) >= 32 && text[j] != '"' && text[j] != '\\')
      ++j;
    out.put(std::string_view(text + i, j - i));
    i = j;
    if (i < size) {
      char escaped[8];
      const unsigned char c = static_cast<unsigned char>(text[i++]);
      out.put(std::string_view(escaped, static_cast<std::size_t>(std::snprintf(escaped, 8, "\\u%04x", c))));
    }
  }
  out.put('"');
}

void write(Out& out, const Node& node) {
  switch (static_cast<dom::element_type>(node.type)) {
    case dom::element_type::ARRAY:
      out.put('[');
      for (std::uint32_t i = 0; i < node.size; ++i) {
        if (i != 0) out.put(',');
        write(out, node.items[i]);
      }
      out.put(']');
      break;
    case dom::element_type::OBJECT:
      out.put('{');
      for (std::uint32_t i = 0; i < node.size; ++i) {
        if (i != 0) out.put(',');
        write_text(out, node.members[i].name, node.members[i].name_size);
        out.put(':');
        write(out, node.members[i].value);
      }
      out.put('}');
      break;
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
      out.at = std::to_chars(out.at, out.at + 24, node.integer).ptr;
      break;
    case dom::element_type::DOUBLE:
      out.at = std::to_chars(out.at, out.at + 32, node.real).ptr;
      break;
    case dom::element_type::STRING:
      write_text(out, node.text, node.size);
      break;
    case dom::element_type::BOOL:
      out.put(node.integer != 0 ? std::string_view("true") : std::string_view("false"));
      break;
    default:
      out.put("null");
  }
}

enum class Work { pass, find, rebuild };

/// Bytes written, so that the loops can be seen to do the same.
std::size_t plain(const std::string& text, Work work) {
  dom::parser parser;
  static Bump bump;
  static Out out;
  std::size_t written = 0;
  std::vector<char> window(2 * block + simdjson::SIMDJSON_PADDING);
  std::size_t have = 0;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t got = std::min(block, text.size() - from);
    std::memcpy(window.data() + have, text.data() + from, got);
    from += got;
    have += got;
    char* at = window.data();
    char* const end = at + have;
    bump.used = 0;
    out.at = out.room.data();
    while (char* newline = static_cast<char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)))) {
      const auto size = static_cast<std::size_t>(newline - at);
      const auto document = parser.parse(at, size, false);
      if (document.error() == simdjson::SUCCESS) {
        std::string_view status;
        if (work == Work::rebuild) {
          const Node node = convert(document.value_unsafe(), bump);
          write(out, node);
          out.put('\n');
        } else if (work == Work::pass ||
                   (document["status"].get(status) == simdjson::SUCCESS && status == "paid")) {
          out.put(std::string_view(at, size + 1));
        }
      }
      at = newline + 1;
    }
    written += static_cast<std::size_t>(out.at - out.room.data());
    have = static_cast<std::size_t>(end - at);
    std::memmove(window.data(), at, have);
  }
  return written;
}

class Memory final : public codec::ByteStream {
 public:
  explicit Memory(std::string_view text) : text_(text) {}
  std::size_t read(std::span<char> room) override {
    const std::size_t size = std::min(room.size(), text_.size());
    std::memcpy(room.data(), text_.data(), size);
    text_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view text_;
};

std::size_t ours(const std::string& text, Work work) {
  const codec::Format& format = *codec::find_format("ndjson");
  codec::RecordReader reader(format, {});
  const auto decoder = format.decoder();
  const auto encoder = format.encoder();
  Memory stream(text);
  record::Arena scratch;
  record::DataError error;
  std::size_t written = 0;
  const std::string_view path[] = {"status"};
  for (;;) {
    codec::RecordReader::Batch batch = reader.read(stream);
    for (record::Record& record : batch.storage->records) {
      scratch.reset();
      record::Draft draft(*batch.storage, record, scratch);
      if (!decoder->decode(draft, error)) continue;
      if (work == Work::find) {
        const auto status = draft.find(path);
        if (!status || !status->is(record::Kind::string) || status->text() != "paid") continue;
      } else if (work == Work::rebuild) {
        draft.replace(draft.value());
      }
      std::string_view encoded;
      if (encoder->encode(draft, batch.storage->arena, encoded, error)) written += encoded.size() + 1;
    }
    if (batch.at_end) return written;
  }
}

std::size_t frame_only(const std::string& text, const char* format) {
  codec::RecordReader reader(*codec::find_format(format), {});
  Memory stream(text);
  std::size_t written = 0;
  for (;;) {
    const codec::RecordReader::Batch batch = reader.read(stream);
    for (const record::Record& record : batch.storage->records)
      written += record.original.size() + 1;
    if (batch.at_end) return written;
  }
}

/// Decodes and no more.
std::size_t decode_only(const std::string& text) {
  const codec::Format& format = *codec::find_format("ndjson");
  codec::RecordReader reader(format, {});
  const auto decoder = format.decoder();
  Memory stream(text);
  record::DataError error;
  std::size_t sound = 0;
  for (;;) {
    const codec::RecordReader::Batch batch = reader.read(stream);
    for (record::Record& record : batch.storage->records) {
      record::Draft draft(*batch.storage, record, batch.storage->arena);
      if (decoder->decode(draft, error)) sound += record.original.size() + 1;
    }
    if (batch.at_end) return sound;
  }
}

struct Loop {
  const char* name;
  std::function<std::size_t()> run;
  double seconds = 1e9;  // of the fastest round
  std::size_t written = 0;
};

}  // namespace

int main(int count, char** arguments) {
  std::string text;
  if (count > 1 && std::string_view(arguments[1]) != "-") {
    std::ostringstream all;
    all << std::ifstream(arguments[1], std::ios::binary).rdbuf();
    text = std::move(all).str();
  } else {
    text = bench::make_orders(bytes_wanted);
  }
  const auto lines = static_cast<double>(std::count(text.begin(), text.end(), '\n'));
  const std::string_view wanted = count > 2 ? arguments[2] : "";
  const int rounds = count > 3 ? std::atoi(arguments[3]) : default_rounds;
  Loop loops[] = {
      {"pass, plain", [&] { return plain(text, Work::pass); }},
      {"pass, codec", [&] { return ours(text, Work::pass); }},
      {"find, plain", [&] { return plain(text, Work::find); }},
      {"find, codec", [&] { return ours(text, Work::find); }},
      {"rebuild, plain", [&] { return plain(text, Work::rebuild); }},
      {"rebuild, codec", [&] { return ours(text, Work::rebuild); }},
      {"frame only", [&] { return frame_only(text, "ndjson"); }},
      {"frame only, json", [&] { return frame_only(text, "json"); }},
      {"decode only", [&] { return decode_only(text); }},
  };
  for (int round = 0; round < rounds; ++round) {
    for (Loop& loop : loops) {
      if (!std::string_view(loop.name).starts_with(wanted)) continue;
      const double before = bench::cpu_seconds();
      loop.written = loop.run();
      loop.seconds = std::min(loop.seconds, bench::cpu_seconds() - before);
    }
  }
  double plain_seconds = 0;
  for (const Loop& loop : loops) {
    if (loop.written == 0) continue;
    std::printf("%-16s %7.1f ns a line %7.0f MB per CPU second", loop.name, loop.seconds / lines * 1e9,
                static_cast<double>(text.size()) / loop.seconds / 1e6);
    if (plain_seconds != 0) std::printf("  %4.0f %%", plain_seconds / loop.seconds * 100);
    std::printf("  (%zu bytes)\n", loop.written);
    plain_seconds = std::string_view(loop.name).ends_with("plain") ? loop.seconds : 0;
  }
}
