#include "config/json_text.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

namespace hiveframe::config {

struct JsonText::Writer {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> json{buffer};
};

JsonText::JsonText() : writer_(std::make_unique<Writer>()) { writer_->json.SetIndent(' ', 2); }

JsonText::~JsonText() = default;

void JsonText::key(std::string_view name) {
  writer_->json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}

void JsonText::string(std::string_view value) {
  writer_->json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void JsonText::integer(std::int64_t value) { writer_->json.Int64(value); }
void JsonText::natural(std::uint64_t value) { writer_->json.Uint64(value); }
void JsonText::real(double value) { writer_->json.Double(value); }
void JsonText::boolean(bool value) { writer_->json.Bool(value); }

void JsonText::begin_object() { writer_->json.StartObject(); }
void JsonText::end_object() { writer_->json.EndObject(); }
void JsonText::begin_array() { writer_->json.StartArray(); }
void JsonText::end_array() { writer_->json.EndArray(); }

std::string JsonText::str() const { return {writer_->buffer.GetString(), writer_->buffer.GetSize()}; }

}  // namespace hiveframe::config
