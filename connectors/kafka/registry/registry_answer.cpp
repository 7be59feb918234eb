#include "connectors/kafka/registry/registry_answer.hpp"

#include <algorithm>
#include <rapidjson/document.h>
#include <utility>

#include "pipeline/codec/utf8.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::kafka {
namespace {

using pipeline::ErrorText;
using pipeline::Fatal;
using pipeline::Retryable;

constexpr std::size_t longest_shown = 100;

/// The beginning of an answer, on one line.
std::string beginning_of(std::string_view body) {
  std::string shown(body.substr(0, longest_shown));
  while (!shown.empty() && !codec::is_utf8(shown))
    shown.pop_back();
  return "'" + shown + (body.size() > longest_shown ? "…'" : "'");
}

const char* text_in(const rapidjson::Value& json, const char* name) {
  const auto found = json.FindMember(name);
  return found != json.MemberEnd() && found->value.IsString() ? found->value.GetString() : nullptr;
}

/// The errors that say that something is not there, and not that the path is none of a registry.
bool says_not_found(const rapidjson::Document& json) {
  const auto code = json.FindMember("error_code");
  return code != json.MemberEnd() && code->value.IsInt() && code->value.GetInt() / 100 == 404;
}

[[noreturn]] void throw_no_registry(const RegistryQuestion& question, unsigned status,
                                    std::string_view body) {
  throw Fatal(ErrorText{question.tried, question.server,
                        "it answered " + std::to_string(status) + " with " + beginning_of(body),
                        "is this the registry's address, with its path? schema_registry_url says where"});
}

[[noreturn]] void throw_refusal(const RegistryQuestion& question, unsigned status, std::string_view body,
                                const rapidjson::Document& json) {
  const char* const message = json.IsObject() ? text_in(json, "message") : nullptr;
  const std::string answer = "it answered " + std::to_string(status) +
                             (message != nullptr ? std::string(": ") + message
                              : body.empty()     ? std::string()
                                                 : " with " + beginning_of(body));
  ErrorText text{question.tried, question.server, answer, ""};
  if (status == 408 || status == 429 || status >= 500) throw Retryable(std::move(text));
  if (status == 401) {
    text.next = "set schema_registry_username and schema_registry_password, or schema_registry_token";
  } else if (status == 403) {
    text.next = "give the user of schema_registry_username (or the token) the right to do so";
  } else if (status == 409) {
    text.next = "make the schema compatible with the subject's others, or change the subject's compatibility";
  } else if (status == 422) {
    text.next = "correct the schema";
  } else if (status >= 300 && status < 400) {
    text.next = "redirects are not followed: set schema_registry_url to where it leads";
  } else {
    text.next = "is this the registry's address, with its path? schema_registry_url says where";
  }
  throw Fatal(std::move(text));
}

}  // namespace

std::optional<RegisteredSchema> read_registry_answer(const RegistryQuestion& question, unsigned status,
                                                     std::string_view body) {
  rapidjson::Document json;
  json.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body.data(),
                                                                                     body.size());
  const bool object = !json.HasParseError() && json.IsObject();
  if (status == 404 && object && says_not_found(json)) return std::nullopt;
  if (status == 404) throw_no_registry(question, status, body);
  if (status < 200 || status > 299) throw_refusal(question, status, body, json);
  if (!object) throw_no_registry(question, status, body);

  RegisteredSchema schema;
  const auto id = json.FindMember("id");
  if (id != json.MemberEnd() && id->value.IsUint()) schema.id = id->value.GetUint();
  const char* const text = text_in(json, "schema");
  if (text != nullptr) schema.text = text;
  if (const char* const type = text_in(json, "schemaType")) schema.type = type;
  if (text == nullptr && schema.id == 0) throw_no_registry(question, status, body);
  const auto references = json.FindMember("references");
  if (references != json.MemberEnd() && references->value.IsArray()) {
    for (const rapidjson::Value& each : references->value.GetArray()) {
      const char* const subject = each.IsObject() ? text_in(each, "subject") : nullptr;
      const auto version =
          each.IsObject() ? each.FindMember("version") : rapidjson::Value::ConstMemberIterator();
      if (subject == nullptr || version == each.MemberEnd() || !version->value.IsInt64())
        throw_no_registry(question, status, body);
      schema.references.push_back({subject, version->value.GetInt64()});
    }
  }
  return schema;
}

}  // namespace hiveframe::connectors::kafka
