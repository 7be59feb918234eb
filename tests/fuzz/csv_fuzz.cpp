// libFuzzer: any stream of rows. However it comes in pieces, and from wherever it goes on, the rows are the
// same; what is read is written so that it reads as the same.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "pipeline/codec/csv/decoder.hpp"
#include "pipeline/codec/csv/encoder.hpp"
#include "pipeline/codec/csv/framer.hpp"
#include "pipeline/record/equal.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace hiveframe;
using codec::Frame;
using codec::csv::Dialect;
using fuzz::require;
using record::Value;
using Random = std::minstd_rand;

struct Row {
  std::string bytes;
  std::size_t offset;
  std::uint64_t line;
  bool problem;

  bool operator==(const Row&) const = default;
};

Dialect dialect(Random& random) {
  Dialect made;
  made.delimiter = ",;\t"[random() % 3];
  made.header = random() % 2 == 0;
  if (random() % 4 == 0) made.null = "N";
  if (random() % 2 == 0) made.type.kind = std::nullopt;
  if (random() % 4 == 0) made.types = {{"a", {record::Kind::int64}}, {"column_1", {record::Kind::timestamp}}};
  return made;
}

std::vector<Row> rows_of(codec::csv::CsvFramer& framer, std::string_view stream, std::size_t from,
                         Random* random) {
  std::vector<Row> rows;
  std::size_t begin = from;
  std::size_t end = random != nullptr ? from : stream.size();
  for (;;) {
    if (random != nullptr) end = std::min(stream.size(), end + 1 + (*random)() % 40);
    const bool at_end = end == stream.size();
    const std::size_t limit = random != nullptr ? 1 + (*random)() % 4 : 1000;
    std::vector<Frame> frames;
    do {
      frames.clear();
      const std::string window(stream.substr(begin, end - begin));
      const std::size_t consumed = framer.scan(window, at_end, limit, frames);
      require(consumed <= window.size(), "no more is consumed than there is");
      for (const Frame& frame : frames) {
        require(frame.begin < frame.end && frame.end <= consumed, "a row lies in what is consumed");
        rows.push_back({window.substr(frame.begin, frame.end - frame.begin), begin + frame.begin, frame.line,
                        frame.problem != nullptr});
      }
      begin += consumed;
    } while (frames.size() == limit);
    if (at_end) break;
  }
  require(begin == stream.size(), "everything is consumed at the end");
  return rows;
}

/// Decodes a row into `value`, whose parts stand in `storage`.
bool decode(const std::shared_ptr<const Dialect>& dialect, std::shared_ptr<const record::Schema> columns,
            std::string_view bytes, record::Storage& storage, Value& value) {
  codec::csv::CsvDecoder decoder(dialect);
  storage.columns = std::move(columns);
  record::Buffer& buffer = storage.add(record::Buffer(bytes.size()));
  std::memcpy(buffer.data(), bytes.data(), bytes.size());
  record::Record record;
  record.original = {buffer.data(), bytes.size()};
  record::Draft draft(storage, record, storage.arena);
  record::DataError error;
  if (!decoder.decode(draft, error)) {
    require(!error.message.empty(), "an error says something", bytes);
    return false;
  }
  value = draft.value();
  for (const auto& column : storage.columns->columns) {
    const std::string_view path[] = {column.name};
    const std::optional<Value> found = decoder.find(path, storage.arena);
    require(found && record::equal(*found, *value.find(column.name)), "what is found is what the tree has",
            bytes);
  }
  return true;
}

/// All text, so that nothing changes its kind on the way.
void check_round_trip(const std::shared_ptr<const record::Schema>& schema, const Value& value,
                      Random& random) {
  codec::csv::Output output;
  output.dialect = dialect(random);
  output.dialect.type = {};
  output.dialect.types.clear();
  const auto columns = std::make_shared<record::Schema>(*schema);
  for (auto& column : columns->columns) {
    column.kind = record::Kind::string;
    output.columns.push_back({column.name, {column.name}});
    const Value& field = *value.find(column.name);
    // Numbers and times come back as their text; a lone null as an empty text.
    if (!field.is_null() && !field.is(record::Kind::string)) return;
    if (field.is_null() && schema->columns.size() == 1) return;
  }
  record::Storage storage;
  record::Record record;
  record.value = value;
  record.tree = true;
  record::Draft draft(storage, record, storage.arena);
  const auto reads = std::make_shared<const Dialect>(output.dialect);
  codec::csv::CsvEncoder encoder(std::make_shared<const codec::csv::Output>(output));
  std::string_view encoded;
  record::DataError error;
  require(encoder.encode(draft, storage.arena, encoded, error), "what is read can be written");
  Value again;
  require(decode(reads, columns, encoded, storage, again), "what is written can be read", encoded);
  require(record::equal(again, value), "and is the same", encoded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::uint32_t seed = 0;
  if (size < sizeof seed) return 0;
  std::memcpy(&seed, data, sizeof seed);
  Random random(seed);
  const std::string_view stream(reinterpret_cast<const char*>(data) + sizeof seed, size - sizeof seed);
  const auto reads = std::make_shared<const Dialect>(dialect(random));
  codec::csv::CsvFramer whole(reads);
  const std::vector<Row> rows = rows_of(whole, stream, 0, nullptr);
  codec::csv::CsvFramer pieces(reads);
  require(rows_of(pieces, stream, 0, &random) == rows, "pieces change nothing", stream);
  require(pieces.save() == whole.save(), "the state at the end is the same", stream);
  if (!rows.empty()) {
    const std::size_t from = random() % rows.size();
    codec::csv::CsvFramer rest(reads);
    require(rest.restore(whole.save_before({0, 0, rows[from].line, rows[from].problem ? "" : nullptr})),
            "what was saved can be restored", stream);
    require(rows_of(rest, stream, rows[from].offset, &random) ==
                std::vector<Row>(rows.begin() + static_cast<std::ptrdiff_t>(from), rows.end()),
            "reading goes on as it would have", stream);
  }
  for (const Row& row : rows) {
    record::Storage storage;
    Value value;
    if (row.problem || !decode(reads, whole.columns(), row.bytes, storage, value)) continue;
    check_round_trip(whole.columns(), value, random);
  }
  return 0;
}
