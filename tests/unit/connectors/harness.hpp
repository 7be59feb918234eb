// What the connectors' tests drive them with: an executor, a temporary folder, slices, acks and marks.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include "config/environment.hpp"
#include "config/option_table.hpp"
#include "config/yaml.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/errors.hpp"
#include "pipeline/expr/template.hpp"
#include "pipeline/sink.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::testing {

template <class T>
T run(pipeline::Task<T> task) {
  boost::asio::io_context context;
  std::future<T> result = boost::asio::co_spawn(context, std::move(task), boost::asio::use_future);
  context.run();
  return result.get();
}

/// What a call throws, as "Retryable: cannot …" or "Fatal: cannot …"; empty if nothing.
inline std::string thrown_by(const std::function<void()>& call) {
  try {
    call();
  } catch (const pipeline::Retryable& error) {
    return std::string("Retryable: ") + error.what();
  } catch (const pipeline::Fatal& error) {
    return std::string("Fatal: ") + error.what();
  } catch (const pipeline::Closed& error) {
    return std::string("Closed: ") + error.what();
  }
  return {};
}

class Folder {
 public:
  Folder() : Folder(std::filesystem::temp_directory_path()) {}
  explicit Folder(const std::filesystem::path& parent) {
    std::string name = (parent / "hiveframe-XXXXXX").native();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }
  std::string write(const std::string& name, std::string_view bytes) const {
    std::filesystem::create_directories(std::filesystem::path(*this / name).parent_path());
    std::ofstream(*this / name, std::ios::binary) << bytes;
    return *this / name;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(*this / name, std::ios::binary);
    EXPECT_TRUE(file.is_open()) << name;
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] bool has(const std::string& name) const { return std::filesystem::exists(*this / name); }
  /// Relative paths of all files, sorted.
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path_))
      if (!entry.is_directory()) names.push_back(entry.path().lexically_relative(path_).native());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::string path_;
};

/// Where a test that syncs thousands of times does not wait for a disk.
inline std::filesystem::path in_memory() {
  return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path();
}

/// Settings from YAML, as a pipeline file would give them; `problems` is what a user would see.
template <class T>
std::optional<T> settings_from(const config::OptionTable<T>& table, const std::string& yaml,
                               const std::string& folder = "/", std::string* problems = nullptr) {
  config::Diagnostics diagnostics;
  config::ProcessEnvironment environment;
  config::Reader reader(environment, diagnostics);
  const config::YamlFile file =
      config::parse_yaml(config::SourceFile::make("p.yaml", yaml, folder), diagnostics);
  std::optional<T> settings;
  if (diagnostics.empty()) settings = table.read(file.documents.at(0), reader);
  if (problems != nullptr) {
    *problems = diagnostics.render();
  } else {
    EXPECT_EQ(diagnostics.render(), "");
  }
  return settings;
}

/// Counts what acks said.
class Acks {
 public:
  pipeline::Ack next() { return pipeline::Ack(std::make_shared<Target>(*this)); }
  int delivered = 0;
  int abandoned = 0;
  std::function<void()> when_delivered = [] {};

 private:
  struct Target : pipeline::AckTarget {
    explicit Target(Acks& to) : acks(to) {}
    void settle(bool good) noexcept override {
      if (good) acks.when_delivered();
      ++(good ? acks.delivered : acks.abandoned);
    }
    Acks& acks;
  };
};

/// Marks that a crash leaves as they were stored last.
class Marks final : public pipeline::ResumeMarks {
 public:
  void set(std::string key, std::string bytes) override { now[key] = std::move(bytes); }
  void erase(std::string key) override { now.erase(key); }
  pipeline::Task<void> store() override {
    ++stores;
    when_stored();
    stored = now;
    co_return;
  }
  /// What the runtime does each second.
  void commit() { stored = now; }

  std::map<std::string, std::string> now;
  std::map<std::string, std::string> stored;
  int stores = 0;
  std::function<void()> when_stored = [] {};
};

enum class Bytes {
  as_read,  // lines of one buffer, as they came in
  encoded,  // each by itself, with nothing behind it
};

/// JSON records as workers hand them to a sink with these traits.
inline record::Slice slice(const std::vector<std::string>& lines, const pipeline::SinkTraits& traits,
                           Bytes how = Bytes::as_read) {
  auto storage = std::make_shared<record::Storage>();
  storage->format = "json";
  std::size_t size = 0;
  for (const std::string& line : lines)
    size += line.size() + 1;
  record::Buffer& buffer = storage->add(record::Buffer(size + 1));
  std::size_t at = 0;
  for (const std::string& line : lines) {
    record::Record record;
    if (how == Bytes::as_read) {
      line.copy(buffer.data() + at, line.size());
      record.original = {buffer.data() + at, line.size()};
      at += line.size();
      buffer.data()[at++] = '\n';
    } else {
      char* const own = static_cast<char*>(storage->arena.allocate(line.size() + 1, 1));
      line.copy(own, line.size());
      own[line.size()] = '#';
      record.original = {own, line.size()};
    }
    storage->records.push_back(record);
  }
  auto selection = std::make_shared<record::Selection>();
  selection->computed_columns = traits.computed.size();
  const auto decoder = codec::find_format("ndjson")->decoder();
  for (std::uint32_t i = 0; i < storage->records.size(); ++i) {
    selection->records.push_back(i);
    selection->encoded.push_back(storage->records[i].original);
    if (traits.computed.empty()) continue;
    record::Draft draft(*storage, storage->records[i], storage->arena);
    record::DataError error;
    EXPECT_TRUE(decoder->decode(draft, error)) << error.message;
    for (const expr::Template* each : traits.computed) {
      std::string_view text;
      expr::Failure failure;
      EXPECT_TRUE(each->render(draft, {}, storage->arena, text, failure)) << failure.message;
      selection->computed.push_back(text);
    }
  }
  return {storage, selection};
}

}  // namespace hiveframe::testing
