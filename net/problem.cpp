#include "net/problem.hpp"

#include <boost/beast/http/status.hpp>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "config/utf8.hpp"

namespace hiveframe::net {
namespace {

class Writer {
 public:
  Writer() : writer_(buffer_) { writer_.StartObject(); }

  void text(std::string_view name, std::string_view value) {
    const std::string key = config::mend_utf8(name);
    writer_.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
    string(value);
  }
  void list(std::string_view name, const std::vector<std::string>& values) {
    const std::string key = config::mend_utf8(name);
    writer_.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
    writer_.StartArray();
    for (const std::string& each : values)
      string(each);
    writer_.EndArray();
  }
  void number(const char* name, unsigned value) {
    writer_.Key(name);
    writer_.Uint(value);
  }
  std::string finish() {
    writer_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

 private:
  void string(std::string_view value) {
    const std::string text = config::mend_utf8(value);
    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace

Problem::Problem(unsigned status, std::string detail)
    : status_(status), detail_(std::move(detail)), title_(reason_phrase(status)) {}

Problem& Problem::kind(std::string type, std::string title) {
  type_ = std::move(type);
  title_ = std::move(title);
  return *this;
}

Problem& Problem::member(std::string name, std::string value) {
  texts_.emplace_back(std::move(name), std::move(value));
  return *this;
}

Problem& Problem::member(std::string name, std::vector<std::string> values) {
  lists_.emplace_back(std::move(name), std::move(values));
  return *this;
}

std::string Problem::to_json(std::string_view instance) const {
  Writer writer;
  writer.text("type", type_);
  writer.text("title", title_);
  writer.number("status", status_);
  if (!detail_.empty()) writer.text("detail", detail_);
  if (!instance.empty()) writer.text("instance", instance);
  for (const auto& [name, value] : texts_)
    writer.text(name, value);
  for (const auto& [name, values] : lists_)
    writer.list(name, values);
  return writer.finish();
}

Response Problem::to_response(const Request& request) const {
  Response response = Response::json(to_json(request.path), status_);
  response.content_type = "application/problem+json";
  return response;
}

std::string reason_phrase(unsigned status) {
  const auto known = boost::beast::http::int_to_status(status);
  if (known == boost::beast::http::status::unknown) return "Unknown";
  return std::string(boost::beast::http::obsolete_reason(known));
}

}  // namespace hiveframe::net
