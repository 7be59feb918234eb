// libFuzzer: any stream of JSON lines. One decoder, which lives as long as the process and is warm with the
// shapes of all that came before, says of each record what a fresh one says that sees it alone: whether it is
// good, what is wrong with it, and its values, in whatever order and however often records are decoded. What
// passes as one run is good, and its metadata are those of each line.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/codec/record_reader.hpp"
#include "pipeline/record/equal.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace hiveframe;
using fuzz::require;
using record::DataError;
using record::Value;
using Random = std::minstd_rand;
using Path = std::vector<std::string_view>;

const codec::Format& format() {
  static const codec::Format& ndjson = *codec::find_format("ndjson");
  return ndjson;
}

class Pieces final : public codec::ByteStream {
 public:
  Pieces(std::string_view text, Random& random)
      : text_(text), random_(random), most_(random() % 2 == 0 ? 3000 : 300'000) {}
  std::size_t read(std::span<char> room) override {
    const std::size_t size = std::min({room.size(), text_.size(), 1 + random_() % most_});
    if (size > 0) std::memcpy(room.data(), text_.data(), size);
    text_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view text_;
  Random& random_;
  std::size_t most_;
};

bool same(const Value& one, const Value& other) {
  return one.kind() == other.kind() && record::equal(one, other);
}

/// What a fresh decoder says of a record in a buffer of its own.
class Alone {
 public:
  explicit Alone(std::string_view text) : text_(text) {
    const std::unique_ptr<codec::Decoder> decoder = format().decoder();
    storage_.format = format().wire;
    record::Buffer& buffer = storage_.add(record::Buffer(text.size()));
    if (!text.empty()) std::memcpy(buffer.data(), text.data(), text.size());
    record::Record record;
    record.original = {buffer.data(), text.size()};
    record::Draft draft(storage_, record, storage_.arena);
    good = decoder->decode(draft, error);
    if (good) value_ = draft.value();
    check_exactly();
    if (!good) return;
    add_paths();
  }

  [[nodiscard]] const Value& value() const noexcept { return value_; }
  /// Of a few members, of members of these, and of nothing.
  [[nodiscard]] const std::vector<Path>& paths() const noexcept { return paths_; }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }

  bool good = false;
  DataError error;

 private:
  /// Beside what is read without simdjson.
  void check_exactly() {
    codec::json::ExactReader exact;
    Value expected;
    DataError expected_error;
    const bool valid = exact.read(text_, storage_.arena, expected, expected_error);
    require(good == valid, good ? "read exactly, it is bad" : "read exactly, it is good", text_);
    require(good ? same(value_, expected) : error.message == expected_error.message,
            "read exactly, it is something else", text_);
  }

  void add_paths() {
    constexpr std::size_t few = 4;
    paths_ = {{"absent"}, {"a", "b"}, {""}};
    if (!value_.is(record::Kind::object)) return;
    for (const record::Member& member : value_.members()) {
      if (paths_.size() > 3 * few) break;
      paths_.push_back({member.name});
      paths_.push_back({member.name, "a"});
      if (!member.value.is(record::Kind::object) || member.value.members().empty()) continue;
      paths_.push_back({member.name, member.value.members().back().name});
    }
  }

  std::string text_;
  record::Storage storage_;
  Value value_;
  std::vector<Path> paths_;
};

/// Of each text once; most lines of an input are those of others.
class AllAlone {
 public:
  /// To be called between inputs.
  void trim() {
    constexpr std::size_t most = 4096;
    if (all_.size() > most) all_.clear();
  }

  const Alone& operator[](std::string_view text) {
    const auto known = all_.find(text);
    if (known != all_.end()) return *known->second;
    return *all_.emplace(text, std::make_unique<Alone>(text)).first->second;
  }

 private:
  std::map<std::string, std::unique_ptr<Alone>, std::less<>> all_;
};

const Value* at(const Value& value, const Path& path) {
  const Value* found = &value;
  for (const std::string_view name : path) {
    found = found->find(name);
    if (found == nullptr) break;
  }
  return found;
}

/// A value of a record, which must outlive that the next one is decoded.
struct Kept {
  Value value;
  std::size_t record;
};

class Batch {
 public:
  Batch(codec::Decoder& decoder, record::Storage& storage, AllAlone& all, Random& random)
      : decoder_(decoder), storage_(storage), random_(random) {
    for (const record::Record& record : storage.records)
      alone_.push_back(&all[record.original]);
  }

  void check() {
    check_meta();
    check_soundness();
    check_each();
    for (const Kept& each : kept_)
      require(same(each.value, alone_[each.record]->value()), "a value that was built stays what it was",
              alone_[each.record]->text());
  }

 private:
  void check_meta() {
    std::uint64_t line = 0;
    for (const record::Record& record : storage_.records) {
      const std::uint64_t its = storage_.meta(record, "line")->as_uint64();
      require(its > line, "lines go up", record.original);
      line = its;
    }
  }

  void check_soundness() {
    if (random_() % 4 == 0) return;
    if (!decoder_.all_sound(storage_)) return;
    std::size_t size = storage_.records.size() - 1;
    for (const Alone* each : alone_) {
      require(each->good, "what passes is good", each->text());
      size += each->text().size();
    }
    require(size == storage_.lines.size(), "what passes is all there is", storage_.lines);
  }

  void check_each() {
    const std::size_t count = storage_.records.size();
    const unsigned habit = random_() % 4;
    for (std::size_t i = 0; i < count; ++i) {
      if (habit == 1 && random_() % 4 == 0) continue;
      check_one(i);
      if (habit == 2 && random_() % 4 == 0) check_one(i);
      if (habit == 3 && random_() % 4 == 0) check_one(random_() % count);
    }
  }

  void check_one(std::size_t i) {
    record::Record record = storage_.records[i];
    const Alone& alone = *alone_[i];
    DataError error;
    record::Draft draft(storage_, storage_.records[i], storage_.arena);
    const bool good = decoder_.decode(draft, error);
    require(good == alone.good, good ? "it is good only here" : "it is good only alone", alone.text());
    if (good) {
      check_values(draft, alone);
      if (random_() % 2 == 0) kept_.push_back({draft.value(), i});
    } else {
      require(error.type == alone.error.type, "what is wrong is the same", alone.text());
      require(error.message == alone.error.message, "what is said of it is the same", alone.text());
    }
    // Without its tree, so that it may be decoded again.
    storage_.records[i] = record;
  }

  void check_values(record::Draft& draft, const Alone& alone) {
    for (const Path& path : alone.paths()) {
      const Value* const expected = at(alone.value(), path);
      for (const std::optional<Value>& found : {draft.glance(path), draft.find(path)}) {
        require(found.has_value() == (expected != nullptr), "it is found as in the tree", alone.text());
        if (found) require(same(*found, *expected), "what is found is what the tree has", alone.text());
      }
    }
    if (random_() % 8 == 0) return;
    require(same(draft.value(), alone.value()), "its tree is the same", alone.text());
  }

  codec::Decoder& decoder_;
  record::Storage& storage_;
  Random& random_;
  std::vector<const Alone*> alone_;  // of each record
  std::vector<Kept> kept_;
};

void check_stream(codec::Decoder& decoder, std::string_view text, AllAlone& all, Random& random) {
  const codec::ReadLimits limits{.bytes = random() % 2 == 0 ? 4096U : 256U * 1024,
                                 .records = random() % 3 == 0 ? 1 + random() % 40 : 65536U,
                                 .max_record_bytes = random() % 4 == 0 ? 40U : 1024U * 1024};
  codec::RecordReader reader(format(), limits);
  Pieces stream(text, random);
  for (;;) {
    const codec::RecordReader::Batch batch = reader.read(stream);
    std::vector<record::Record>& records = batch.storage->records;
    // As a run does that has a limit.
    if (random() % 8 == 0) records.resize(random() % (records.size() + 1));
    for (const record::Record& record : records) {
      const auto offset = batch.storage->meta(record, "offset")->as_uint64();
      require(text.substr(offset, record.original.size()) == record.original,
              "it stands where its offset says", record.original);
    }
    Batch(decoder, *batch.storage, all, random).check();
    if (batch.at_end) return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::unique_ptr<codec::Decoder> decoder = format().decoder();
  std::uint32_t seed = 0;
  if (size < sizeof seed) return 0;
  std::memcpy(&seed, data, sizeof seed);
  Random random(seed);
  std::string text(reinterpret_cast<const char*>(data) + sizeof seed, size - sizeof seed);
  // Long batches of lines that come again.
  if (random() % 4 == 0) {
    const std::string once = text;
    for (std::size_t times = random() % 20; times > 0; --times)
      text += "\n" + once;
  }
  static AllAlone all;
  all.trim();
  // One that met this input only, so that what it finds is found again.
  const std::unique_ptr<codec::Decoder> own = format().decoder();
  check_stream(*own, text, all, random);
  check_stream(*own, text, all, random);
  check_stream(*decoder, text, all, random);
  return 0;
}
