#include "connectors/file/sink_settings.hpp"

#include <filesystem>

#include "config/did_you_mean.hpp"
#include "config/option_table.hpp"
#include "connectors/file/detect_format.hpp"
#include "connectors/file/file_sink.hpp"
#include "connectors/file/folder.hpp"
#include "connectors/file/options_in_path.hpp"
#include "pipeline/codec/option_types.hpp"
#include "pipeline/connector_kind.hpp"
#include "pipeline/csv_options.hpp"
#include "pipeline/expr/field_text.hpp"
#include "pipeline/expr/option_types.hpp"

namespace hiveframe::connectors::file {
namespace {

using namespace config;

std::string folder_of(const Span& span) {
  if (span.file && !span.file->folder().empty()) {
    return std::filesystem::absolute(span.file->folder()).lexically_normal().native();
  }
  return std::filesystem::current_path().native();
}

void report_unknown_extension(const SinkSettings& s, const GivenOptions& given, Reader& reader) {
  const std::string found = extension_of(s.output->sample());
  if (found.empty() || !s.path->constant()) {
    reader.error(given.span("path"), "the format cannot be told from the name of this file",
                 "set 'format' to " + format_names());
  } else {
    report_extension(given.span("path"), found, "end the name with one of", reader);
  }
}

void check_format(SinkSettings& s, const GivenOptions& given, Reader& reader) {
  if (!s.output) return;
  if (!s.output->is_file()) {
    if (s.format == nullptr) {
      std::vector<std::string> of_parts;
      for (const codec::Format& format : codec::formats())
        if (!format.delimiter.empty()) of_parts.emplace_back(format.name);
      reader.error(
          given.span("path"),
          std::string("a path ") +
              (s.output->text().ends_with('/') ? "that ends with '/'" : "without an extension") +
              " is a folder of part files, which needs a format",
          "set 'format' to " + join_or(of_parts) + ", or give the path an extension for a single file");
    } else if (s.format->delimiter.empty()) {
      reader.error(given.span("format"),
                   "format '" + std::string(s.format->name) + "' cannot be written to a folder of part files",
                   "give the path an extension, so that it names a file");
    }
    return;
  }
  if (s.format == nullptr) s.format = codec::format_of_file(s.output->sample());
  if (s.format == nullptr) report_unknown_extension(s, given, reader);
}

void check_compression(SinkSettings& s, const GivenOptions& given, Reader& reader) {
  if (!s.output) return;
  const Compression named = s.output->is_file() ? compression_of_name(s.output->sample()) : Compression::none;
  if (!s.compression) {
    s.compression = named;
  } else if (named != Compression::none && *s.compression != named) {
    reader.error(given.span("compression"),
                 "the name of the file ends with '" + std::string(extension(named)) + "'",
                 "leave 'compression' out, or change the name");
  }
}

/// Sets `output` if the path is sound.
void check_path(SinkSettings& s, const GivenOptions& given, Reader& reader) {
  OutputPath::Problem problem;
  std::optional<OutputPath> output = OutputPath::make(*s.path, folder_of(given.span("path")), problem);
  if (!output) {
    reader.error(given.span("path"), problem.message, problem.hint);
    return;
  }
  if (holds_options(output->sample(), sink_options().info())) {
    reader.error(given.span("path"), "a path takes no options after '?'",
                 "write them beside 'uri' or 'path', or use file:///…");
    return;
  }
  s.output = std::make_shared<const OutputPath>(std::move(*output));
}

void check_rows(SinkSettings& s, const GivenOptions& given, Reader& reader) {
  if (!s.output || s.format == nullptr) return;
  s.format = pipeline::csv_output_format(s.format, s.csv, s.output->sample(), s.own_format, given, reader);
}

void check_partitions(SinkSettings& s, const GivenOptions& given, Reader& reader) {
  for (std::size_t i = 0; i < s.partition_by.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (s.partition_by[i] == s.partition_by[j]) {
        reader.error(given.span("partition_by"), "'" + s.partition_by[i].str() + "' is named twice");
      }
    }
    s.partition_names.push_back(s.partition_by[i].str());
    const Node& node = given.find("partition_by")->value;
    s.partition_values.push_back(
        expr::text_of_field(s.partition_by[i], node.is_list() ? node.items()[i].span() : node.span()));
    s.partition_values.back().call_it("the value of " + quote(s.partition_by[i].str()) + " in partition_by");
  }
}

void check_partitions_of_path(SinkSettings& s, const GivenOptions& given, Reader& reader) {
  if (!s.output || !s.output->is_file() || s.partition_by.empty()) return;
  reader.error(
      given.span("partition_by"), "'partition_by' needs a folder, but the path names a file",
      "leave out the extension and set 'format', or put the fields into the path as {{ record.field }}");
}

/// Of parts that stand so many levels of partitions below a folder. The folder may be a partition of another
/// sink itself, so its parts are known by every folder that can be the root of it.
void add_uses_of_parts(std::filesystem::path folder, std::size_t levels, const pipeline::Use& use,
                       std::vector<pipeline::Use>& uses) {
  for (;; ++levels) {
    uses.push_back(use);
    uses.back().place = "parts " + std::to_string(levels) + " below " + folder.native();
    if (folder.filename().native().find('=') == std::string::npos) return;
    folder = folder.parent_path();
  }
}

/// A file belongs to the sink that has it open. Parts of several sinks lie side by side, but not of one that
/// removes those of others, or does not want them. What a record makes of a path is not known yet.
std::vector<pipeline::Use> uses_of(const SinkSettings& s) {
  std::vector<pipeline::Use> uses;
  if (!s.output->is_fixed()) return uses;
  const std::filesystem::path path =
      std::filesystem::path(without_slash(s.output->sample())).lexically_normal();
  if (s.output->is_file()) {
    uses.push_back({path.native(), quote(path.native())});
    const pipeline::Use of_part{{}, quote(path.native()), true};
    if (is_part_name(path.filename().native())) add_uses_of_parts(path.parent_path(), 0, of_part, uses);
    return uses;
  }
  const bool shared = s.mode == Mode::append;
  for (std::size_t levels = shared ? s.partition_by.size() : 0; levels <= s.partition_by.size(); ++levels)
    add_uses_of_parts(path, levels, {{}, quote(path.native()), shared}, uses);
  return uses;
}

}  // namespace

const OptionTable<SinkSettings>& sink_options() {
  static const OptionTable<SinkSettings> table = [] {
    using S = SinkSettings;
    using C = std::optional<Compression>;
    OptionTable<S> t("file sink", "file", "Writes files, or folders of part files");
    t.add("path", &S::path, expr::template_type())
        .required()
        .help(
            "With an extension it is a file, otherwise a folder of part files; a value in it cannot lead out "
            "of the folders before the first {{ }}")
        .example("/var/out/orders-{{ record.country }}.ndjson");
    t.add("format", &S::format, codec::format_type())
        .help("What to write; a folder of part files needs it")
        .default_note("by the file's extension");
    t.add("mode", &S::mode,
          choice<Mode>({{"append", Mode::append}, {"overwrite", Mode::overwrite}, {"error", Mode::error}}))
        .help(
            "What to do with output that is there already; overwrite and error show theirs when it is "
            "complete");
    t.add("partition_by", &S::partition_by, one_or_list(expr::field_path_type()))
        .help("Fields whose values make the folders, as Hive does it: country=DE/day=2026-01-02")
        .example("[country, day]");
    t.add("compression", &S::compression,
          choice<C>({{"none", Compression::none}, {"gzip", Compression::gzip}, {"zstd", Compression::zstd}}))
        .help("How to pack the files")
        .default_note("by the file's extension");
    t.add("csv", &S::csv, pipeline::csv_output_type())
        .help("How rows are written, with format csv")
        .example("{columns: [id, name]}");
    t.uri({.schemes = {"file"}, .plain_paths = true, .path = "path"}, "file:///var/out/orders.ndjson");
    t.check({"path"}, check_path);
    t.check({"path", "format"}, check_format);
    t.check({"path", "format", "csv"}, check_rows);
    t.check({"path", "compression"}, check_compression);
    t.check({"partition_by"}, check_partitions);
    t.check({"path", "partition_by"}, check_partitions_of_path);
    return t;
  }();
  return table;
}

pipeline::SinkKind sink_kind() {
  pipeline::SinkKind kind = pipeline::sink_kind_of<FileSink>(sink_options(), &uses_of);
  kind.not_transactional = "a file cannot commit records and positions together";
  return kind;
}

}  // namespace hiveframe::connectors::file
