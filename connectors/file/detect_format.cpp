#include "connectors/file/detect_format.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>

#include "config/did_you_mean.hpp"
#include "connectors/file/json_beginning.hpp"
#include "connectors/file/unpack.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

using pipeline::Fatal;

constexpr std::size_t looked_at = 4096;

bool has_extension(std::string_view file_name) {
  const std::string_view packed = extension(compression_of_name(file_name));
  return std::filesystem::path(file_name.substr(0, file_name.size() - packed.size())).has_extension();
}

bool is_text(std::string_view bytes) {
  return std::none_of(bytes.begin(), bytes.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\x1b';
  });
}

std::string head_of(FileStream& file) {
  // A large window takes no memory before it is filled, and this is but its beginning.
  const auto content = unpack(compression_of(file), file, std::numeric_limits<std::uint64_t>::max());
  std::string head(looked_at, '\0');
  std::size_t size = 0;
  while (size < head.size()) {
    const std::size_t got = content->read({head.data() + size, head.size() - size});
    if (got == 0) break;
    size += got;
  }
  head.resize(size);
  return head;
}

/// The format, with what to do if it is another one.
const codec::Format& guessed(std::string_view name) {
  static const std::vector<codec::Format> all = [] {
    std::vector<codec::Format> formats(codec::formats().begin(), codec::formats().end());
    for (codec::Format& format : formats)
      format.syntax_advice = "that this is JSON was guessed from the content: 'format: text' takes any lines";
    return formats;
  }();
  return *std::find_if(all.begin(), all.end(), [&](const codec::Format& each) { return each.name == name; });
}

[[noreturn]] void cannot_tell(const std::string& path) {
  throw Fatal({"read", path, "its format cannot be told from its name or content",
               "name it with 'format' (" + format_names() + ")"});
}

}  // namespace

const codec::Format* format_of_content(std::string_view file_name, std::string_view head) {
  std::string_view content = head;
  if (content.starts_with("\xef\xbb\xbf")) content.remove_prefix(3);
  constexpr std::string_view space = " \t\r\n";
  content.remove_prefix(std::min(content.find_first_not_of(space), content.size()));
  if (content.starts_with('[') && may_begin_json_array(content)) return &guessed("json");
  if (content.starts_with('{')) {
    std::string_view line = content.substr(0, content.find('\n'));
    const bool whole = line.size() < content.size();
    line = line.substr(0, line.find_last_not_of(space) + 1);
    return &guessed(whole && !line.ends_with('}') ? "json" : "ndjson");
  }
  if (!content.empty() && !has_extension(file_name) && is_text(head)) return codec::find_format("text");
  return nullptr;
}

std::vector<const codec::Format*> formats_of_files(const std::vector<std::string>& files,
                                                   const pipeline::Interrupt& interrupt) {
  std::vector<const codec::Format*> formats;
  std::size_t first = files.size();  // whose format is known
  for (std::size_t i = 0; i < files.size(); ++i) {
    const codec::Format* format = codec::format_of_file(files[i]);
    if (format == nullptr) {
      FileStream file(files[i], interrupt);
      if (file.is_fifo()) {
        throw Fatal({"read", files[i], "the format of a FIFO cannot be told before it is read",
                     "name it with 'format' (" + format_names() + ")"});
      }
      const std::string head = head_of(file);
      format = format_of_content(files[i], head);
      if (format == nullptr && !head.empty()) cannot_tell(files[i]);
    }
    formats.push_back(format);
    if (format == nullptr) continue;  // an empty file is of any format
    if (first == files.size()) first = i;
    if (format->wire != formats[first]->wire) {
      throw Fatal({"read", files[i],
                   "its format is " + std::string(format->name) + ", but " + files[first] + " is " +
                       std::string(formats[first]->name),
                   "name the format of all with 'format', or read them with two pipelines"});
    }
  }
  const codec::Format* const any = first < files.size() ? formats[first] : codec::find_format("ndjson");
  for (const codec::Format*& format : formats)
    if (format == nullptr) format = any;
  return formats;
}

std::string format_names() {
  std::vector<std::string> names;
  for (const codec::Format& format : codec::formats())
    names.emplace_back(format.name);
  return config::join_or(names);
}

std::string extension_of(std::string_view name) {
  name.remove_suffix(extension(compression_of_name(name)).size());
  return std::filesystem::path(name).extension().native();
}

bool is_never_told_by_content(std::string_view name) {
  constexpr std::array<std::string_view, 6> others = {".csv", ".tsv", ".parquet", ".avro", ".orc", ".xlsx"};
  return codec::format_of_file(name) == nullptr &&
         std::find(others.begin(), others.end(), extension_of(name)) != others.end();
}

void report_extension(const config::Span& place, const std::string& found, const std::string& or_else,
                      config::Reader& reader) {
  std::string extensions;
  for (const codec::Format& format : codec::formats())
    for (const std::string_view each : format.extensions)
      extensions += (extensions.empty() ? "" : ", ") + std::string(each);
  reader.error(place, "no format has the extension " + config::quote(found),
               "set 'format' to " + format_names() + ", or " + or_else + " " + extensions);
}

Compression compression_of(const FileStream& file) {
  const Compression named = compression_of_name(file.path());
  if (named != Compression::none || file.is_fifo()) return named;
  return compression_of_content(file.head(4));
}

}  // namespace hiveframe::connectors::file
