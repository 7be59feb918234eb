// libFuzzer: any bytes as a configuration file. Nothing may crash, and every problem has a place inside the
// file.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/utf8.hpp"
#include "config/yaml.hpp"

namespace {

using namespace hiveframe::config;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const Span& span) {
  if (!span.has_place()) return;
  require(span.begin <= span.end && span.end <= span.file->content().size());
}

void check(const Node& node) {
  check(node.span());
  const LocatedText& text = node.text();
  for (std::size_t i = 0; i < text.size(); ++i)
    check(text.span(i));
  for (const Node& item : node.items())
    check(item);
  for (const Entry& entry : node.entries()) {
    check(entry.key.span());
    check(entry.value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = SourceFile::make("fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size));
  Diagnostics diagnostics;
  const YamlFile yaml = parse_yaml(file, diagnostics, {.nodes = 5'000, .expanded_bytes = 1 << 20});
  require(yaml.complete || !diagnostics.empty());
  for (const Node& document : yaml.documents)
    check(document);
  for (const Diagnostic& each : diagnostics.sorted())
    check(each.span);
  require(find_invalid_utf8(diagnostics.render()) == std::string_view::npos);
  return 0;
}
