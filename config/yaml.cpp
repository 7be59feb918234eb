#include "config/yaml.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <istream>
#include <streambuf>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "config/secrets_in_text.hpp"
#include "config/units.hpp"
#include "config/utf8.hpp"
#include "config/yaml_builder.hpp"
#include "config/yaml_syntax_error.hpp"

namespace hiveframe::config {
namespace {

// Reads memory without copying it.
class MemoryBuffer : public std::streambuf {
 public:
  explicit MemoryBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // an input buffer only reads
    setg(begin, begin, begin + text.size());
  }
};

bool check_text(const SourceFilePtr& file, Diagnostics& diagnostics, const YamlLimits& limits) {
  const std::string& content = file->content();
  if (content.size() > limits.file_bytes) {
    diagnostics.error(Span::of_file(file),
                      fmt::format("the file is longer than {}", format_size(limits.file_bytes)));
    return false;
  }
  if (content.starts_with("\xFF\xFE") || content.starts_with("\xFE\xFF")) {
    diagnostics.error(Span::of_file(file), "the file is UTF-16", "save it as UTF-8");
    return false;
  }
  // Compiled programs and packed files have many near their beginning.
  const std::string_view head = std::string_view(content).substr(0, 1024);
  if (std::count(head.begin(), head.end(), '\0') > 3) {
    diagnostics.error(Span::of_file(file), "this is no text file", "a pipeline file is YAML, in UTF-8");
    return false;
  }
  for (std::size_t i = file->bom_size(); i < content.size();) {
    const CodePoint point = code_point_at(content, i);
    const Span span{file, i, i + point.size};
    if (!point.valid) {
      diagnostics.error(
          span, fmt::format("byte 0x{:02x} is not valid UTF-8", static_cast<unsigned char>(content[i])),
          "save the file as UTF-8");
      return false;
    }
    const bool lone_return = point.value == '\r' && (i + 1 == content.size() || content[i + 1] != '\n');
    const bool control =
        (point.value < 0x20 && point.value != '\t' && point.value != '\n' && point.value != '\r') ||
        point.value == 0x7F || (point.value >= 0x80 && point.value < 0xA0 && point.value != 0x85);
    if (lone_return || control || point.value == 0xFEFF || point.value == 0xFFFE || point.value == 0xFFFF) {
      diagnostics.error(span, fmt::format("control character U+{:04X}", static_cast<unsigned>(point.value)),
                        lone_return ? "lines end with a line feed, or with carriage return and line feed"
                                    : "write it as an escape in double quotes");
      return false;
    }
    i += point.size;
  }
  return true;
}

// Which option a line belongs to is not known in a file that is no sound YAML: its name must tell.
void conceal_by_name(const SourceFilePtr& file, Diagnostics& diagnostics) {
  const std::size_t lines = file->line_of(file->content().size());
  for (std::size_t number = 1; number <= lines; ++number) {
    const std::size_t at = file->line_begin(number);
    for (const auto& [begin, end] : find_secret_values(file->line(number)))
      diagnostics.conceal({file, at + begin, at + end});
  }
}

}  // namespace

YamlFile parse_yaml(const SourceFilePtr& file, Diagnostics& diagnostics, const YamlLimits& limits) {
  YamlFile result;
  const std::size_t reports = diagnostics.reports();
  if (!check_text(file, diagnostics, limits)) return result;
  MemoryBuffer buffer(std::string_view(file->content()).substr(file->bom_size()));
  std::istream stream(&buffer);
  YamlBuilder builder(file, diagnostics, limits);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    result.complete = true;
  } catch (const YamlBuilder::Stop&) {
  } catch (const YAML::Exception& error) {
    Diagnostic found = explain_syntax_error(file, {builder.offset(error.mark), builder.open_brackets()});
    diagnostics.error(std::move(found.span), std::move(found.message), std::move(found.hint));
  }
  if (diagnostics.reports() != reports) conceal_by_name(file, diagnostics);
  result.documents = builder.take();
  return result;
}

}  // namespace hiveframe::config
