// libFuzzer: any text as a connector's URI. What is refused is reported inside the text, the pieces of what
// is not stand in it, cutting loses nothing, and what is shown holds no password.
#include <cstdint>
#include <string>

#include "config/secrets_in_text.hpp"
#include "config/uri.hpp"
#include "config/uri_passwords.hpp"
#include "config/utf8.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace hiveframe::config;
using hiveframe::fuzz::require;

void check(const LocatedText& text, std::size_t size) {
  require(find_invalid_utf8(text.view()) == std::string_view::npos, "a piece is UTF-8", text.view());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Span span = text.span(i);
    require(span.begin <= span.end && span.end <= size, "a piece stands in the text", text.view());
  }
}

void check_decoding(const LocatedText& text, std::size_t size) {
  Diagnostics diagnostics;
  const std::optional<LocatedText> decoded = percent_decode(text, diagnostics);
  require(decoded.has_value() == diagnostics.empty(), "what is not decoded is reported", text.view());
  if (decoded) check(*decoded, size);
}

void check_cutting(const LocatedText& text) {
  std::string joined;
  for (const LocatedText& part : split_outside_references(text, ','))
    joined += part.str() + ",";
  joined.pop_back();
  require(joined == text.view(), "cutting loses nothing", text.view());
}

void check_pieces(const Uri& uri, std::size_t size) {
  for (const LocatedText* piece : {&uri.whole, &uri.scheme, &uri.authority_hosts, &uri.path})
    check(*piece, size);
  for (const auto* piece : {&uri.user, &uri.password}) {
    if (!*piece) continue;
    check(**piece, size);
    check_decoding(**piece, size);
  }
  check_decoding(uri.path, size);
  check_cutting(uri.path);
  for (const Uri::Host& host : uri.hosts) {
    for (const LocatedText* piece : {&host.name, &host.port, &host.both})
      check(*piece, size);
  }
  for (const Uri::Parameter& parameter : uri.query) {
    check(parameter.name, size);
    check(parameter.value, size);
    check_decoding(parameter.name, size);
    check_decoding(parameter.value, size);
    check_cutting(parameter.value);
  }
}

void check_display(const std::string& text) {
  std::size_t end = 0;
  for (const auto& [from, to] : find_passwords(text)) {
    require(end <= from && from <= to && to <= text.size(), "passwords stand one after the other", text);
    end = to;
  }
  const std::string shown = to_display(text);
  for (const auto& [from, to] : find_passwords(shown))
    require(shown.substr(from, to - from).starts_with("***"), "no password is shown", text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (find_invalid_utf8(text) != std::string_view::npos)
    return 0;  // a file that is not UTF-8 is refused before
  const auto file = SourceFile::make("fuzz.yaml", text);
  Diagnostics diagnostics;
  const std::vector<std::string> words = {"stdin", "-"};
  const std::optional<Uri> uri = split_uri(LocatedText(file, 0, text), words, diagnostics);
  require(uri.has_value() == diagnostics.empty(), "what is refused is reported", text);
  for (const Diagnostic& each : diagnostics.sorted())
    require(!each.span.has_place() || each.span.end <= size, "a problem stands in the text", text);
  require(find_invalid_utf8(diagnostics.render()) == std::string_view::npos, "messages are UTF-8", text);
  if (uri) check_pieces(*uri, size);
  check_display(text);
  return 0;
}
