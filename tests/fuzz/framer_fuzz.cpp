// libFuzzer: any stream, in any pieces. Where it is cut into windows does not change its records, and reading
// goes on at each of them, and at each refusal, as if nothing had happened.
#include <cstdint>
#include <cstring>
#include <random>
#include <string>

#include "pipeline/codec/record_reader.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/unit/pipeline/codec/framing.hpp"

namespace {

using namespace hiveframe::codec;
using hiveframe::fuzz::require;
using Random = std::minstd_rand;

class Pieces final : public ByteStream {
 public:
  Pieces(std::string_view text, unsigned seed) : text_(text), random_(seed) {}
  std::size_t read(std::span<char> room) override {
    const std::size_t most = random_() % 4 == 0 ? 100 : 7;
    const std::size_t size = std::min({room.size(), text_.size(), 1 + random_() % most});
    if (size > 0) std::memcpy(room.data(), text_.data(), size);
    text_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view text_;
  Random random_;
};

/// A record or a refusal.
struct Seen {
  StreamPosition position;
  std::uint64_t line = 0;
  std::string what;

  bool operator==(const Seen& other) const {
    return position.offset == other.position.offset && line == other.line && what == other.what;
  }
};

std::vector<Seen> read_all(const Format& format, std::string_view text, const StreamPosition& from,
                           ReadLimits limits, unsigned seed) {
  RecordReader reader(format, limits);
  require(reader.resume(from), "its own position is understood", from.serialize());
  Pieces stream(text.substr(from.offset), seed);
  std::vector<Seen> all;
  for (;;) {
    const RecordReader::Batch batch = reader.read(stream);
    std::size_t refusal = 0;
    for (std::size_t i = 0; i <= batch.storage->records.size(); ++i) {
      for (; refusal < batch.refused.size() && batch.refused[refusal].before <= i; ++refusal) {
        const Refusal& each = batch.refused[refusal];
        all.push_back({each.position, each.line, each.error.message + each.head + each.sha256});
      }
      if (i == batch.storage->records.size()) break;
      const auto& record = batch.storage->records[i];
      all.push_back({reader.position_of(*batch.storage, record),
                     batch.storage->meta(record, "line")->as_uint64(), std::string(record.original)});
    }
    require(batch.end.offset <= text.size(), "reading ends where the stream does");
    if (batch.at_end) return all;
  }
}

std::string show(const std::vector<Seen>& all) {
  std::string text;
  for (const Seen& each : all)
    text += each.position.serialize() + " line " + std::to_string(each.line) + ": " + each.what + "\n";
  return text;
}

void require_same(const std::vector<Seen>& found, const std::vector<Seen>& expected, const char* what,
                  const Format& format, std::string_view stream) {
  if (found == expected) return;
  require(false, what,
          std::string(format.name) + "\n" + std::string(stream) + "\nfound\n" + show(found) + "expected\n" +
              show(expected));
}

void check_framer(const Format& format, std::string_view stream, Random& random) {
  const auto whole = format.framer();
  const auto expected = frame_whole(*whole, stream);
  std::size_t end = 0;
  for (const FramedRecord& each : expected) {
    require(each.offset >= end, "records stand one after the other", stream);
    end = each.offset + each.bytes.size();
    require(stream.substr(each.offset, each.bytes.size()) == each.bytes, "records stand in the stream",
            stream);
  }
  const std::vector<std::size_t> pieces = {random() % (stream.size() + 1), 1 + random() % 9};
  const auto framer = format.framer();
  require(frame_in_pieces(*framer, stream, pieces, 1 + random() % 3) == expected,
          "windows do not change the records", stream);
}

void check_reader(const Format& format, std::string_view stream, Random& random) {
  const ReadLimits limits{.bytes = 4096, .records = 1 + random() % 3, .max_record_bytes = 1 + random() % 40};
  const auto expected = read_all(format, stream, {}, limits, static_cast<unsigned>(random()));
  require_same(read_all(format, stream, {}, limits, static_cast<unsigned>(random())), expected,
               "pieces do not change the records", format, stream);
  if (expected.empty()) return;
  const std::size_t at = random() % expected.size();
  const auto rest = read_all(format, stream, expected[at].position, limits, static_cast<unsigned>(random()));
  require_same(rest, {expected.begin() + static_cast<std::ptrdiff_t>(at), expected.end()},
               "reading goes on where it was", format, stream);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  Random random(static_cast<unsigned>(std::hash<std::string_view>()(stream)));
  for (const char* name : {"json", "ndjson", "text"}) {
    const Format& format = *find_format(name);
    check_framer(format, stream, random);
    check_reader(format, stream, random);
  }
  return 0;
}
