#include "connectors/stdio/settings.hpp"

#include "config/option_table.hpp"
#include "connectors/stdio/stdin_source.hpp"
#include "connectors/stdio/stdout_sink.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/codec/option_types.hpp"
#include "pipeline/codec/record_reader.hpp"
#include "pipeline/connector_kind.hpp"
#include "pipeline/csv_options.hpp"

namespace hiveframe::connectors::stdio {
namespace {

const config::OptionTable<SourceSettings>& source_options() {
  static const config::OptionTable<SourceSettings> table = [] {
    config::OptionTable<SourceSettings> t("stdin source", "stdin", "Reads standard input");
    t.add("format", &SourceSettings::format, codec::format_type())
        .help("What comes in")
        .default_note("ndjson");
    t.add("csv", &SourceSettings::csv, pipeline::csv_input_type())
        .help("How rows are read, with format csv")
        .example("{types: {id: int}}");
    t.uri({.words = {"stdin", "-"}}, "stdin");
    t.check([](SourceSettings& s, const config::GivenOptions& given, config::Reader& reader) {
      if (s.format == nullptr) s.format = codec::find_format("ndjson");
      s.format = pipeline::csv_input_format(s.format, s.csv, s.own_format, given, reader);
    });
    return t;
  }();
  return table;
}

const config::OptionTable<SinkSettings>& sink_options() {
  static const config::OptionTable<SinkSettings> table = [] {
    config::OptionTable<SinkSettings> t("stdout sink", "stdout", "Writes to standard output");
    t.add("format", &SinkSettings::format, codec::format_type()).help("What to write").default_note("ndjson");
    t.add("csv", &SinkSettings::csv, pipeline::csv_output_type())
        .help("How rows are written, with format csv")
        .example("{columns: [id, name]}");
    t.uri({.words = {"stdout", "-"}}, "stdout");
    t.check([](SinkSettings& s, const config::GivenOptions& given, config::Reader& reader) {
      if (s.format == nullptr) s.format = codec::find_format("ndjson");
      s.format = pipeline::csv_output_format(s.format, s.csv, {}, s.own_format, given, reader);
    });
    return t;
  }();
  return table;
}

}  // namespace

pipeline::SourceKind source_kind() {
  pipeline::SourceKind kind = pipeline::source_kind_of<StdinSource, SourceSettings>(
      source_options(), [](const SourceSettings&) -> std::vector<pipeline::Use> {
        return {{.place = "standard input", .shown = "standard input"}};
      });
  kind.replayable = false;
  const auto names = codec::RecordReader::meta_names();
  kind.meta.emplace(names.begin(), names.end());
  return kind;
}

pipeline::SinkKind sink_kind() {
  pipeline::SinkKind kind = pipeline::sink_kind_of<StdoutSink>(sink_options());
  kind.not_transactional = "standard output cannot take part in a commit";
  kind.standard_output = true;
  return kind;
}

}  // namespace hiveframe::connectors::stdio
