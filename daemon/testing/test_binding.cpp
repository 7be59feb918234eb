#include "daemon/testing/test_binding.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <set>

#include "config/did_you_mean.hpp"

namespace hiveframe::daemon {
namespace {

std::string list_of_sinks(const runtime::PipelineSpec& pipeline) {
  std::string text;
  for (const runtime::SinkSpec& sink : pipeline.sinks)
    text += (text.empty() ? "" : ", ") + config::quote(sink.name) + " (" + sink.display + ")";
  return text;
}

std::vector<std::string> names_of_sinks(const runtime::PipelineSpec& pipeline) {
  std::vector<std::string> names;
  for (const runtime::SinkSpec& sink : pipeline.sinks) {
    names.push_back(sink.name);
    names.push_back(sink.display);
  }
  return names;
}

// Which sink an expectation is of; nothing if that cannot be told.
std::optional<std::size_t> sink_of(const ExpectedOutput& output, const runtime::PipelineSpec& pipeline,
                                   config::Diagnostics& diagnostics) {
  if (output.sink.empty()) {
    if (pipeline.sinks.size() == 1) return 0;
    diagnostics.error({output.place.file, output.place.begin, output.place.begin},
                      "the pipeline has several sinks: 'expect' must say which of them gets these records",
                      "write a map from a sink to its records: {'" + pipeline.sinks.front().name +
                          "': [...]}; the sinks are " + list_of_sinks(pipeline));
    return std::nullopt;
  }
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < pipeline.sinks.size(); ++i) {
    const runtime::SinkSpec& sink = pipeline.sinks[i];
    if (output.sink.view() == sink.name) return i;
    if (output.sink.view() == sink.display) found.push_back(i);
  }
  if (found.size() == 1) return found.front();
  const std::string near = config::nearest(output.sink.view(), names_of_sinks(pipeline));
  diagnostics.error(output.sink.span(),
                    found.empty() ? "the pipeline has no sink " + output.sink.quoted()
                                  : "several sinks are " + output.sink.quoted(),
                    near.empty() || !found.empty() ? "its sinks are " + list_of_sinks(pipeline)
                                                   : "did you mean '" + near + "'?");
  return std::nullopt;
}

bool bind_sinks(PipelineTest& test, config::Diagnostics& diagnostics) {
  if (!test.settings.expect) return true;
  std::vector<ExpectedOutput>& expect = *test.settings.expect;
  // That nothing comes out needs no sink to be said of.
  if (expect.size() == 1 && expect.front().sink.empty() && expect.front().records.empty()) {
    expect.resize(test.pipeline.sinks.size(), ExpectedOutput(expect.front()));
    test.sinks.resize(expect.size());
    std::iota(test.sinks.begin(), test.sinks.end(), std::size_t{0});
    return true;
  }
  bool sound = true;
  std::set<std::size_t> seen;
  for (const ExpectedOutput& output : expect) {
    const std::optional<std::size_t> sink = sink_of(output, test.pipeline, diagnostics);
    sound = sound && sink;
    if (!sink) continue;
    if (!seen.insert(*sink).second) {
      diagnostics.error(
          output.sink.span(),
          "the records of sink " + config::quote(test.pipeline.sinks[*sink].name) + " are given twice",
          "put them into one list");
      sound = false;
    }
    test.sinks.push_back(*sink);
  }
  return sound;
}

// What the source will give, as far as it can be told without opening it.
const codec::Format* format_of_source(const runtime::PipelineSpec& pipeline) {
  const std::unique_ptr<pipeline::Source> source = pipeline.source();
  if (const codec::Format* format = source->format()) return format;
  return codec::format_of_file(source->identity());
}

bool bind_input(PipelineTest& test, config::Diagnostics& diagnostics) {
  const TestSettings& settings = test.settings;
  const codec::Format* const of_source = format_of_source(test.pipeline);
  if (settings.input_text) {
    test.format = settings.format ? settings.format : of_source;
    if (test.format) return true;
    diagnostics.error(settings.input_text->span(),
                      "it is not known what format 'input_text' is in: the source finds out when it reads",
                      "say it with 'format: ...' beside it, or write 'input' in place of it");
    return false;
  }
  const bool is_raw = of_source && (of_source->wire == "text" || of_source->wire == "bytes");
  test.format = is_raw ? of_source : codec::find_format("ndjson");
  if (!is_raw) return true;
  bool sound = true;
  for (const InputRecord& input : *settings.input) {
    if (input.record.value.is(record::Kind::string)) continue;
    diagnostics.error(input.record.place,
                      "the source gives records in the format '" + std::string(of_source->name) +
                          "', each of which is a text",
                      "write the record as a text, in quotes where it looks like something else");
    sound = false;
  }
  return sound;
}

}  // namespace

std::optional<PipelineTest> bind_test(TestSettings settings, runtime::PipelineSpec pipeline,
                                      config::Diagnostics& diagnostics) {
  PipelineTest test{std::move(settings), std::move(pipeline), nullptr, {}};
  const bool has_sinks = bind_sinks(test, diagnostics);
  const bool has_input = bind_input(test, diagnostics);
  if (!has_sinks || !has_input) return std::nullopt;
  return test;
}

}  // namespace hiveframe::daemon
