#include "connectors/kafka/avro_options.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "connectors/kafka/registry/registry_url.hpp"
#include "pipeline/codec/avro/format.hpp"

namespace hiveframe::connectors::kafka {
namespace {

using namespace config;

bool is_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos &&
         std::string_view("{[\"").find(text[first]) != std::string_view::npos;
}

/// The text of a file; nothing, and what is wrong.
std::optional<std::string> read_file(const std::filesystem::path& path, std::string& problem) {
  std::error_code code;
  const auto size = std::filesystem::file_size(path, code);
  if (code) {
    problem = code.message();
    return std::nullopt;
  }
  if (size > codec::avro::Schema::max_text) {
    problem = "it is longer than " + std::to_string(codec::avro::Schema::max_text) + " bytes";
    return std::nullopt;
  }
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad() || !file.is_open()) {
    problem = "it cannot be read";
    return std::nullopt;
  }
  return text;
}

std::optional<GivenSchema> schema_from(const LocatedText& text, Reader& reader) {
  GivenSchema given;
  std::string problem;
  std::string where;
  if (is_json(text.view())) {
    given.text = text.str();
  } else {
    std::filesystem::path path(text.str());
    if (path.is_relative() && text.span().file) path = (text.span().file->folder() / path).lexically_normal();
    std::optional<std::string> read = read_file(path, problem);
    if (!read) {
      reader.error(
          text.span(), "the schema's file " + text.quoted() + " cannot be read: " + problem,
          "write the path of a file with a schema, or the schema itself, which begins with '{', '[' or '\"'");
      return std::nullopt;
    }
    given.text = *std::move(read);
    where = " in " + text.quoted();
  }
  given.schema = codec::avro::Schema::parse(given.text, problem);
  if (given.schema) return given;
  reader.error(text.span(), "the schema" + where + " is no Avro schema: " + problem);
  return std::nullopt;
}

}  // namespace

const codec::Format* avro_format() {
  static const codec::Format format = codec::avro::input_format();
  return &format;
}

OptionType<GivenSchema> schema_type() {
  return parsed<GivenSchema>(TypeInfo::of(TypeInfo::Kind::text), schema_from);
}

void check_registry(const ClientSettings& settings, bool avro, const char* option, const GivenOptions& given,
                    Reader& reader) {
  constexpr std::array options = {"schema_registry_username", "schema_registry_password",
                                  "schema_registry_token",    "schema_registry_ssl_ca",
                                  "schema_registry_ssl_cert", "schema_registry_ssl_key"};
  if (!avro) {
    for (const char* each : options) {
      if (given.has(each))
        reader.error(given.name_span(each), quote(each) + " has no effect without avro",
                     "set '" + std::string(option) + ": avro'");
    }
    if (given.has("schema_registry_url"))
      reader.error(given.name_span("schema_registry_url"), "'schema_registry_url' has no effect without avro",
                   "set '" + std::string(option) + ": avro'");
    return;
  }
  if (settings.registry_urls.empty())
    reader.error(given.span(option), "'schema_registry_url' is missing, which avro needs",
                 "set it: schema_registry_url: http://registry:8081");
  for (const std::string& url : settings.registry_urls) {
    const std::string wrong = wrong_with_registry_url(url);
    if (!wrong.empty())
      reader.error(
          given.span("schema_registry_url"), "the registry's URL " + wrong,
          "write it as http://registry:8081, with a path if it has one; user and password are options of "
          "their own");
  }
  if (given.has("schema_registry_token") && given.has("schema_registry_username"))
    reader.error(given.name_span("schema_registry_token"),
                 "'schema_registry_token' is given beside 'schema_registry_username'",
                 "leave one of them out");
  if (given.has("schema_registry_username") != given.has("schema_registry_password")) {
    const bool user = given.has("schema_registry_username");
    reader.error(given.name_span(user ? "schema_registry_username" : "schema_registry_password"),
                 user ? "'schema_registry_password' is missing beside it"
                      : "'schema_registry_username' is missing beside it",
                 "set both or none");
  }
  if (given.has("schema_registry_ssl_cert") != given.has("schema_registry_ssl_key"))
    reader.error(given.name_span(given.has("schema_registry_ssl_cert") ? "schema_registry_ssl_cert"
                                                                       : "schema_registry_ssl_key"),
                 "a client certificate is a certificate and its private key",
                 "set schema_registry_ssl_cert and schema_registry_ssl_key");
}

}  // namespace hiveframe::connectors::kafka
