#include "config/json_text.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <variant>

namespace hiveframe::config {

struct JsonText::Writer {
  rapidjson::StringBuffer buffer;
  std::variant<rapidjson::PrettyWriter<rapidjson::StringBuffer>, rapidjson::Writer<rapidjson::StringBuffer>>
      json;

  template <typename Call>
  void write(Call call) {
    std::visit(call, json);
  }
};

JsonText::JsonText(Layout layout) : writer_(std::make_unique<Writer>()) {
  if (layout == Layout::indented) {
    writer_->json.emplace<0>(writer_->buffer).SetIndent(' ', 2);
  } else {
    writer_->json.emplace<1>(writer_->buffer);
  }
}

JsonText::~JsonText() = default;

void JsonText::key(std::string_view name) {
  writer_->write(
      [name](auto& json) { json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); });
}

void JsonText::string(std::string_view value) {
  writer_->write(
      [value](auto& json) { json.String(value.data(), static_cast<rapidjson::SizeType>(value.size())); });
}

void JsonText::integer(std::int64_t value) {
  writer_->write([value](auto& json) { json.Int64(value); });
}
void JsonText::natural(std::uint64_t value) {
  writer_->write([value](auto& json) { json.Uint64(value); });
}
void JsonText::real(double value) {
  writer_->write([value](auto& json) { json.Double(value); });
}
void JsonText::boolean(bool value) {
  writer_->write([value](auto& json) { json.Bool(value); });
}
void JsonText::json(std::string_view value) {
  // Of any type: it stands for nothing but a value here.
  writer_->write([value](auto& json) { json.RawValue(value.data(), value.size(), rapidjson::kObjectType); });
}

void JsonText::begin_object() {
  writer_->write([](auto& json) { json.StartObject(); });
}
void JsonText::end_object() {
  writer_->write([](auto& json) { json.EndObject(); });
}
void JsonText::begin_array() {
  writer_->write([](auto& json) { json.StartArray(); });
}
void JsonText::end_array() {
  writer_->write([](auto& json) { json.EndArray(); });
}

std::string JsonText::str() const { return {writer_->buffer.GetString(), writer_->buffer.GetSize()}; }

}  // namespace hiveframe::config
