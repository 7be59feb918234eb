#include "connectors/file/source_settings.hpp"

#include "config/option_table.hpp"
#include "connectors/file/detect_format.hpp"
#include "connectors/file/file_source.hpp"
#include "connectors/file/options_in_path.hpp"
#include "pipeline/codec/option_types.hpp"
#include "pipeline/codec/record_reader.hpp"
#include "pipeline/connector_kind.hpp"
#include "pipeline/csv_options.hpp"

namespace hiveframe::connectors::file {

using namespace config;

const OptionTable<SourceSettings>& source_options() {
  static const OptionTable<SourceSettings> table = [] {
    using S = SourceSettings;
    using C = std::optional<Compression>;
    OptionTable<S> t("file source", "file", "Reads files, folders of files and what a glob matches");
    t.add("path", &S::path, path())
        .required()
        .help("File, FIFO, folder or glob; files are read in the order of their names")
        .example("/var/log/orders/*.ndjson");
    t.add("format", &S::format, codec::format_type({{"auto", nullptr}}))
        .help("What the files hold; auto tells by the extension, then by the content");
    t.add("compression", &S::compression,
          choice<C>({{"auto", std::nullopt},
                     {"none", Compression::none},
                     {"gzip", Compression::gzip},
                     {"zstd", Compression::zstd}}))
        .help("How the files are packed; auto tells by the extension, then by the content");
    t.add("csv", &S::csv, pipeline::csv_input_type())
        .help("How rows are read, with format csv")
        .example("{types: {id: int}}");
    t.add("recursive", &S::recursive, boolean()).help("Read the files in subfolders too");
    t.check({"path", "format"}, [](S& s, const GivenOptions& given, Reader& reader) {
      const std::string name = s.path.filename().native();
      if (s.format != nullptr || !is_never_told_by_content(name)) return;
      report_extension(given.span("path"), extension_of(name), "read files that end in", reader);
    });
    t.check({"format"}, [](S& s, const GivenOptions& given, Reader& reader) {
      if (s.format != nullptr) pipeline::check_csv_beside(s.format, given, reader);
    });
    t.uri({.schemes = {"file"}, .plain_paths = true, .path = "path"}, "file:///var/log/orders.ndjson");
    t.check({"path"}, [](S& s, const GivenOptions& given, Reader& reader) {
      if (holds_options(s.path.native(), source_options().info())) {
        reader.error(
            given.span("path"), "a path takes no options after '?'",
            "write them beside 'uri' or 'path', or use file:///…; where the '?' belongs to the name, "
            "write [?]");
      }
      if (s.path.native().find("**") != std::string::npos) {
        reader.error(given.span("path"), "'**' is not understood in a path",
                     "name the folder above and set 'recursive: true'");
      }
    });
    return t;
  }();
  return table;
}

pipeline::SourceKind source_kind() {
  pipeline::SourceKind kind = pipeline::source_kind_of<FileSource>(source_options());
  kind.meta = {"path"};
  for (const std::string_view each : codec::RecordReader::meta_names())
    kind.meta->emplace_back(each);
  return kind;
}

}  // namespace hiveframe::connectors::file
