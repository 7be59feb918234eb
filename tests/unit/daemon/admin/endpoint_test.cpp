#include "daemon/admin/endpoint.hpp"

#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace hiveframe::daemon {
namespace {

using ::testing::HasSubstr;
using AtOnce = std::function<net::Response(const net::Request&)>;

Endpoint sample(std::string path) {
  Endpoint endpoint;
  endpoint.path = std::move(path);
  endpoint.id = "sample";
  endpoint.group = "samples";
  endpoint.summary = "A sample";
  endpoint.answers = {{200, "It", "application/json", any_shape()}};
  endpoint.handler = AtOnce([](const net::Request&) { return net::Response::json("{}"); });
  return endpoint;
}

net::Response ask(const net::Router& router, const net::Request& request,
                  const std::vector<std::string>& path) {
  const auto match = router.match(request.method, path);
  return std::get<AtOnce>(match.route->handler)(request);
}

net::Request query(const std::string& text) {
  net::Request request;
  request.query = *net::Query::parse(text);
  return request;
}

TEST(EndpointTest, ChecksTheQueryBeforeItsHandler) {
  Endpoints endpoints;
  Endpoint one = sample("/a");
  one.query = {{"rate", count_shape(1, 100), "How many"}};
  endpoints.add(one);
  const net::Router router = endpoints.router("1");
  EXPECT_EQ(ask(router, query(""), {"a"}).status, 200u);
  EXPECT_EQ(ask(router, query("rate=100"), {"a"}).status, 200u);
  for (const char* each : {"rate=0", "rate=x", "rate=", "rate", "rate=1&rate=1", "rat=1", "rate=1&other=2"}) {
    const net::Response response = ask(router, query(each), {"a"});
    EXPECT_EQ(response.status, 400u) << each;
    EXPECT_EQ(response.content_type, "application/problem+json");
  }
  EXPECT_THAT(ask(router, query("rat=1"), {"a"}).body, HasSubstr("did you mean 'rate'?"));
}

TEST(EndpointTest, ChecksTheBody) {
  Endpoints endpoints;
  Endpoint with = sample("/with");
  with.method = net::Method::post;
  with.body = object_shape("Body", {{"level", text_shape(), ""}});
  endpoints.add(with);
  Endpoint without = sample("/without");
  without.method = net::Method::post;
  endpoints.add(without);
  const net::Router router = endpoints.router("1");
  net::Request request;
  request.method = net::Method::post;
  EXPECT_EQ(ask(router, request, {"with"}).status, 400u);
  EXPECT_EQ(ask(router, request, {"without"}).status, 200u);
  request.body = R"({"level":"x"})";
  EXPECT_EQ(ask(router, request, {"with"}).status, 200u);
  EXPECT_EQ(ask(router, request, {"without"}).status, 400u) << "nothing is ignored";
}

class OpenApiTest : public ::testing::Test {
 protected:
  void describe(const Endpoints& endpoints) {
    const net::Response response = ask(endpoints.router("1.2.3"), {}, {"openapi.json"});
    ASSERT_FALSE(document_.Parse(response.body.c_str()).HasParseError());
  }
  const rapidjson::Value* at(const std::string& pointer) const {
    return rapidjson::Pointer(pointer.c_str()).Get(document_);
  }
  std::string text(const std::string& pointer) const {
    const rapidjson::Value* value = at(pointer);
    return value != nullptr && value->IsString() ? value->GetString() : "";
  }

  rapidjson::Document document_;
};

TEST_F(OpenApiTest, TellsWhatIsDeclared) {
  Endpoints endpoints;
  Endpoint one = sample("/things/{name}/more");
  one.query = {{"rate", count_shape(1, 100), "How many"}};
  one.answers = {{200, "A thing", "application/json", object_shape("Thing", {{"a", text_shape(), "An a"}})}};
  one.problems = {404};
  endpoints.add(one);
  Endpoint other = sample("/things/{name}/more");
  other.method = net::Method::post;
  other.body = object_shape("Body", {});
  other.open = true;
  endpoints.add(other);
  describe(endpoints);
  EXPECT_EQ(text("/openapi"), "3.1.0");
  EXPECT_EQ(text("/info/version"), "1.2.3");
  const std::string get = "/paths/~1things~1{name}~1more/get";
  EXPECT_EQ(text(get + "/summary"), "A sample");
  EXPECT_EQ(text(get + "/parameters/0/name"), "name");
  EXPECT_EQ(text(get + "/parameters/0/in"), "path");
  EXPECT_EQ(text(get + "/parameters/1/name"), "rate");
  EXPECT_EQ(text(get + "/responses/200/content/application~1json/schema/$ref"), "#/components/schemas/Thing");
  EXPECT_EQ(text(get + "/responses/404/$ref"), "#/components/responses/Problem404");
  EXPECT_EQ(text(get + "/responses/401/$ref"), "#/components/responses/Problem401");
  EXPECT_TRUE(at(get + "/security/0/token"));
  EXPECT_FALSE(at(get + "/requestBody"));
  const std::string post = "/paths/~1things~1{name}~1more/post";
  EXPECT_EQ(text(post + "/requestBody/content/application~1json/schema/$ref"), "#/components/schemas/Body");
  EXPECT_TRUE(at(post + "/responses/415"));
  EXPECT_FALSE(at(post + "/responses/401")) << "it asks for nothing";
  EXPECT_FALSE(at(post + "/security"));
  EXPECT_EQ(text("/components/schemas/Thing/properties/a/description"), "An a");
  EXPECT_TRUE(at("/components/schemas/Problem"));
  EXPECT_EQ(text("/components/responses/Problem404/description"), "Not Found");
  EXPECT_TRUE(at("/paths/~1openapi.json/get")) << "itself, too";
}

TEST_F(OpenApiTest, EveryReferenceLeadsSomewhere) {
  Endpoints endpoints;
  Endpoint one = sample("/a");
  const Shape inner = object_shape("Inner", {{"x", text_shape(), ""}});
  one.answers[0].shape = object_shape("Outer", {{"many", list_shape(inner), ""}});
  endpoints.add(one);
  describe(endpoints);
  const std::function<void(const rapidjson::Value&)> look = [&](const rapidjson::Value& value) {
    if (value.IsArray()) {
      for (const auto& each : value.GetArray())
        look(each);
    }
    if (!value.IsObject()) return;
    for (const auto& member : value.GetObject()) {
      if (std::string(member.name.GetString()) == "$ref") {
        EXPECT_TRUE(at(std::string(member.value.GetString()).substr(1))) << member.value.GetString();
      }
      look(member.value);
    }
  };
  look(document_);
}

}  // namespace
}  // namespace hiveframe::daemon
