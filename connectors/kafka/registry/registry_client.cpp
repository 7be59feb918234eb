#include "connectors/kafka/registry/registry_client.hpp"

#include <algorithm>
#include <chrono>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <utility>

#include "connectors/kafka/registry/registry_url.hpp"
#include "net/error.hpp"
#include "net/http_client.hpp"
#include "pipeline/codec/avro/schema.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::kafka {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds answer_time = 10s;
// A text of JSON in JSON, and what stands beside it.
constexpr std::size_t longest_answer = 2 * codec::avro::Schema::max_text + 65'536;
constexpr std::size_t most_references = 1'000;
constexpr std::size_t deepest_reference = 32;

net::ClientSettings client_settings(const RegistrySettings& settings, const RegistryUrl& url) {
  net::ClientSettings client;
  client.url = url.server;
  client.token = settings.registry_token;
  client.user = settings.registry_username;
  client.password = settings.registry_password;
  client.tls = {settings.registry_ca.string(), settings.registry_cert.string(),
                settings.registry_key.string()};
  client.answer_time = answer_time;
  client.answer_bytes = longest_answer;
  return client;
}

std::string schema_body(std::string_view text) {
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer(out);
  writer.StartObject();
  writer.Key("schema");
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  writer.EndObject();
  return {out.GetString(), out.GetSize()};
}

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

}  // namespace

struct RegistryClient::Place {
  RegistryUrl url;
  std::unique_ptr<net::HttpClient> client;
};

RegistryClient::RegistryClient(const RegistrySettings& settings) : settings_(settings) {
  for (const std::string& url : settings_.registry_urls)
    places_.push_back(std::make_unique<Place>(Place{RegistryUrl::of(url), nullptr}));
}

RegistryClient::~RegistryClient() = default;

std::string RegistryClient::server() const { return places_[last_]->url.server + places_[last_]->url.path; }

void RegistryClient::cancel() noexcept {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  for (const std::unique_ptr<Place>& place : places_)
    if (place->client) place->client->cancel();
}

net::HttpClient& RegistryClient::client_of(Place& place) {
  const std::lock_guard lock(mutex_);
  if (cancelled_) throw net::Cancelled();
  if (place.client) return *place.client;
  try {
    place.client = std::make_unique<net::HttpClient>(client_settings(settings_, place.url));
  } catch (const net::Error& error) {
    const net::ErrorText& text = error.text();
    throw pipeline::Fatal({text.tried, text.against, text.answer, text.next});
  }
  return *place.client;
}

std::optional<RegisteredSchema> RegistryClient::ask(const std::string& tried, const std::string& path,
                                                    std::string body) {
  net::ClientRequest request;
  request.method = body.empty() ? net::Method::get : net::Method::post;
  request.body = std::move(body);
  request.content_type = "application/vnd.schemaregistry.v1+json";
  std::optional<pipeline::Retryable> down;
  const std::size_t first = last_;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const std::size_t number = (first + i) % places_.size();
    Place& place = *places_[number];
    const RegistryQuestion question{tried, place.url.server + place.url.path};
    request.target = place.url.path + path;
    try {
      const net::ClientResponse response = client_of(place).send(request);
      auto answer = read_registry_answer(question, response.status, response.body);
      last_ = number;
      return answer;
    } catch (const net::Cancelled&) {
      throw pipeline::Retryable({tried, question.server, "it was stopped", ""});
    } catch (const net::Error& error) {
      const net::ErrorText& text = error.text();
      down.emplace(pipeline::ErrorText{tried, question.server, text.answer, text.next});
    } catch (const pipeline::Retryable& error) {
      down.emplace(error);
    }
  }
  throw pipeline::Retryable(*down);
}

std::optional<RegisteredSchema> RegistryClient::by_id(std::uint32_t id) {
  const std::string number = std::to_string(id);
  return ask("read schema " + number + " from", "/schemas/ids/" + number, {});
}

std::optional<RegisteredSchema> RegistryClient::latest(const std::string& subject) {
  return ask("read the latest schema of " + in_quotes(subject) + " from",
             "/subjects/" + path_piece(subject) + "/versions/latest", {});
}

std::optional<RegisteredSchema> RegistryClient::find(const std::string& subject, std::string_view text) {
  return ask("look for the schema under " + in_quotes(subject) + " in", "/subjects/" + path_piece(subject),
             schema_body(text));
}

RegisteredSchema RegistryClient::add(const std::string& subject, std::string_view text) {
  const std::string tried = "register the schema under " + in_quotes(subject) + " in";
  const std::string path = "/subjects/" + path_piece(subject) + "/versions";
  std::optional<RegisteredSchema> added = ask(tried, path, schema_body(text));
  if (added) return *std::move(added);
  throw pipeline::Fatal({tried, server(), "it says that there is no such subject", "see the registry's log"});
}

std::vector<std::string> RegistryClient::referenced_by(const RegisteredSchema& schema) {
  std::vector<std::string> seen;
  std::vector<std::string> texts;
  collect(schema, seen, texts, 0);
  return texts;
}

void RegistryClient::collect(const RegisteredSchema& schema, std::vector<std::string>& seen,
                             std::vector<std::string>& texts, std::size_t depth) {
  for (const RegisteredSchema::Reference& each : schema.references) {
    const std::string version = std::to_string(each.version);
    std::string path = "/subjects/" + path_piece(each.subject) + "/versions/" + version;
    if (std::find(seen.begin(), seen.end(), path) != seen.end()) continue;
    seen.push_back(path);
    const std::string tried = "read version " + version + " of " + in_quotes(each.subject) + " from";
    if (seen.size() > most_references || depth > deepest_reference)
      throw pipeline::Fatal(
          {tried, server(), "the schema refers to too many others", "see what was registered"});
    const std::optional<RegisteredSchema> found = ask(tried, path, {});
    if (!found) {
      throw pipeline::Fatal(
          {tried, server(), "another schema refers to it, and it is not there", "register it again"});
    }
    collect(*found, seen, texts, depth + 1);
    texts.push_back(found->text);
  }
}

}  // namespace hiveframe::connectors::kafka
