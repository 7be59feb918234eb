// libFuzzer: what stands before the first line of three dashes is a list of transforms, the rest
// a record, as JSON or else as a text in one. What is wrong with the settings is reported in its place; what
// a sound transform makes of a record can be repeated and written, and a record that it rejects is as it was.
#include <cstdint>
#include <string>

#include "config/utf8.hpp"
#include "config/yaml.hpp"
#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/codec/json/writer.hpp"
#include "pipeline/transform/registry.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace hiveframe;
using fuzz::require;
using pipeline::Verdict;
using record::Value;
using Steps = std::vector<transform::Step>;

constexpr std::size_t most_records = 1000;  // that one may become

struct NoEnvironment final : config::Environment {
  std::optional<std::string> variable(std::string_view) const override { return std::nullopt; }
  FileText read_file(const std::filesystem::path&) const override { return {std::nullopt, "none"}; }
};

std::optional<Steps> steps_of(const std::string& yaml) {
  static const NoEnvironment environment;
  config::Diagnostics diagnostics;
  config::Reader reader(environment, diagnostics);
  const config::YamlFile file = config::parse_yaml(config::SourceFile::make("fuzz.yaml", yaml), diagnostics,
                                                   {.nodes = 1000, .expanded_bytes = 1 << 16});
  std::optional<Steps> steps;
  if (file.documents.size() == 1) steps = transform::read_transforms(file.documents[0], reader);
  require(file.documents.size() != 1 || steps.has_value() || !diagnostics.empty(),
          "what is refused is reported", yaml);
  for (const config::Diagnostic& each : diagnostics.sorted()) {
    require(!each.message.empty(), "a problem says what", yaml);
    require(!each.span.has_place() || (each.span.begin <= each.span.end && each.span.end <= yaml.size()),
            "a problem stands in the text", yaml);
  }
  require(config::find_invalid_utf8(diagnostics.render()) == std::string_view::npos, "messages are UTF-8",
          yaml);
  return diagnostics.empty() ? std::move(steps) : std::nullopt;
}

std::string shown(const Value& value) {
  record::Arena arena;
  codec::json::Writer writer(arena);
  if (!writer.write(value)) return "no JSON: " + writer.problem();
  std::string text(writer.finish());
  require(config::find_invalid_utf8(text) == std::string_view::npos, "values are UTF-8", text);
  return text;
}

/// A record of its own on its way through the steps.
class Journey {
 public:
  Journey(const Steps& steps, const std::string& record) : steps_(steps) {
    storage_.records.resize(1);
    storage_.read_at = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
    record::Record& first = storage_.records[0];
    codec::json::ExactReader reader;
    record::DataError error;
    if (!reader.read(record, storage_.arena, first.value, error)) {
      text_ = {{"text", Value::string(record)}, {"number", Value::int64(7)}};
      first.value = Value::object(text_);
    }
    first.tree = true;
    record::Draft draft(storage_, first, storage_.arena);
    go_on(0, draft);
  }

  [[nodiscard]] const std::string& log() const noexcept { return log_; }

 private:
  void go_on(std::size_t at, record::Draft& draft) {
    for (; at < steps_.size(); ++at) {
      const pipeline::Transform& step = *steps_[at].transform;
      const std::string before = shown(draft.value());
      record::DataError error;
      switch (step.apply(draft, context_, error)) {
        case Verdict::keep:
          break;
        case Verdict::drop:
          log_ += "dropped\n";
          return;
        case Verdict::reject:
          check(error);
          require(shown(draft.value()) == before, "a record that is rejected is as it was", before);
          log_ += "rejected: " + error.message + "\n";
          return;
        case Verdict::split:
          require(step.splits(), "who splits says so");
          take_apart(at, draft);
          return;
      }
    }
    log_ += shown(draft.value()) + "\n";
  }

  void take_apart(std::size_t at, record::Draft& draft) {
    const Value whole = draft.value();
    const std::size_t parts = context_.parts;
    require(parts > 0, "none is no split");
    for (std::size_t number = 0; number < parts && records_ < most_records; ++number) {
      ++records_;
      record::Record part = draft.record();
      part.tree = part.changed = true;
      record::DataError error;
      if (!steps_[at].transform->part(whole, number, draft.arena(), part.value, error)) {
        check(error);
        log_ += "rejected: " + error.message + "\n";
        return;
      }
      record::Draft piece(storage_, part, draft.arena());
      go_on(at + 1, piece);
    }
  }

  static void check(const record::DataError& error) {
    require(!error.message.empty(), "an error says why");
    require(config::find_invalid_utf8(error.message) == std::string_view::npos, "and in UTF-8",
            error.message);
  }

  const Steps& steps_;
  record::Storage storage_;
  std::vector<record::Member> text_;
  pipeline::TransformContext context_;
  std::size_t records_ = 0;
  std::string log_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view between = "\n---\n";
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::size_t middle = input.find(between);
  const std::optional<Steps> steps = steps_of(input.substr(0, middle));
  if (!steps) return 0;
  const std::string record = middle == std::string::npos ? "{}" : input.substr(middle + between.size());
  if (config::find_invalid_utf8(record) != std::string_view::npos) return 0;
  const std::string first = Journey(*steps, record).log();
  require(Journey(*steps, record).log() == first, "it can be repeated", first);
  return 0;
}
