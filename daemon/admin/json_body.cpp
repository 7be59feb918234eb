#include "daemon/admin/json_body.hpp"

#include <algorithm>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include "config/did_you_mean.hpp"
#include "config/text.hpp"
#include "config/utf8.hpp"

namespace hiveframe::daemon {
namespace {

using rapidjson::Value;

// Deep nesting must not take the stack of whoever walks the document; nothing here is nested at all.
constexpr unsigned flags = rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag |
                           rapidjson::kParseFullPrecisionFlag;

std::string_view text_of(const Value& value) { return {value.GetString(), value.GetStringLength()}; }

std::optional<std::string> find_mismatch(const Shape& shape, const Value& value, const std::string& what);

std::optional<std::string> find_object_mismatch(const Shape& shape, const Value& value,
                                                const std::string& what) {
  if (!value.IsObject()) return what + " must be an object";
  std::vector<std::string> known;
  for (const ShapeMember& each : *shape.members)
    known.push_back(each.name);
  for (auto member = value.MemberBegin(); member != value.MemberEnd(); ++member) {
    const std::string name(text_of(member->name));
    const auto declared = std::ranges::find(known, name);
    if (declared == known.end())
      return "unknown member " + config::quote(name) + "; " + config::did_you_mean(name, known);
    const bool repeated = std::any_of(value.MemberBegin(), member,
                                      [&](const auto& other) { return text_of(other.name) == name; });
    if (repeated) return "member '" + name + "' is there twice";
    const ShapeMember& of = (*shape.members)[static_cast<std::size_t>(declared - known.begin())];
    if (auto mismatch = find_mismatch(of.shape, member->value, "member '" + name + "'")) return mismatch;
  }
  for (const ShapeMember& each : *shape.members) {
    if (!each.optional && !value.HasMember(each.name)) return "member '" + each.name + "' is missing";
  }
  return std::nullopt;
}

std::optional<std::string> find_mismatch(const Shape& shape, const Value& value, const std::string& what) {
  switch (shape.kind) {
    case Shape::Kind::object:
      return find_object_mismatch(shape, value, what);
    case Shape::Kind::list:
      if (!value.IsArray()) return what + " must be a list";
      for (const Value& each : value.GetArray()) {
        if (auto mismatch = find_mismatch(*shape.items, each, "each item of " + what)) return mismatch;
      }
      return std::nullopt;
    case Shape::Kind::flag:
      return value.IsBool() ? std::nullopt : std::optional(what + " must be true or false");
    case Shape::Kind::count: {
      const bool fits = value.IsUint64() && value.GetUint64() >= shape.least.value_or(0) &&
                        (!shape.most || value.GetUint64() <= *shape.most);
      return fits ? std::nullopt : std::optional(what + " must be a whole number within its bounds");
    }
    case Shape::Kind::number:
      return value.IsNumber() ? std::nullopt : std::optional(what + " must be a number");
    case Shape::Kind::any:
      return std::nullopt;
    case Shape::Kind::text:
    case Shape::Kind::time:
      break;
  }
  if (!value.IsString()) return what + " must be a text";
  const auto mismatch = daemon::find_mismatch(shape, text_of(value));
  return mismatch ? std::optional(what + " " + *mismatch) : std::nullopt;
}

}  // namespace

std::optional<std::string> find_body_mismatch(const Shape& shape, std::string_view body) {
  if (body.empty()) return "there must be a body, as JSON";
  rapidjson::Document document;
  document.Parse<flags>(body.data(), body.size());
  if (document.HasParseError()) {
    return "the body is not JSON: at byte " + std::to_string(document.GetErrorOffset()) + ": " +
           rapidjson::GetParseError_En(document.GetParseError());
  }
  return find_mismatch(shape, document, "the body");
}

struct JsonBody::Document {
  rapidjson::Document json;
};

JsonBody::JsonBody(std::string_view body) : document_(std::make_unique<Document>()) {
  document_->json.Parse<flags>(body.data(), body.size());
}

JsonBody::~JsonBody() = default;

std::optional<std::string> JsonBody::text(std::string_view name) const {
  const auto member = document_->json.FindMember(std::string(name));
  if (member == document_->json.MemberEnd()) return std::nullopt;
  return std::string(text_of(member->value));
}

std::optional<std::vector<std::string>> JsonBody::texts(std::string_view name) const {
  const auto member = document_->json.FindMember(std::string(name));
  if (member == document_->json.MemberEnd()) return std::nullopt;
  std::vector<std::string> all;
  for (const Value& each : member->value.GetArray())
    all.emplace_back(text_of(each));
  return all;
}

std::optional<bool> JsonBody::flag(std::string_view name) const {
  const auto member = document_->json.FindMember(std::string(name));
  if (member == document_->json.MemberEnd()) return std::nullopt;
  return member->value.GetBool();
}

}  // namespace hiveframe::daemon
