#include "net/dispatch.hpp"

#include <gmock/gmock.h>

namespace hiveframe::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class DispatchTest : public testing::Test {
 protected:
  DispatchTest() {
    const Handler handler = [](const Request&) { return Response::no_content(); };
    router_.add(Method::get, "/pipelines/{name}", handler);
    router_.add(Method::post, "/pipelines/{name}", handler);
    router_.add(Method::post, "/ingest", handler, {.open = false, .body_type = ""});
    router_.add(Method::get, "/healthz", handler, {.open = true, .body_type = ""});
    head_.method = "GET";
    head_.target = "/pipelines/orders";
    head_.headers.add("Host", "localhost");
  }

  unsigned status() {
    request_ = {};
    Decision decision = dispatch(head_, router_, AccessCheck(access_), request_);
    EXPECT_NE(decision.route == nullptr, !decision.answer.has_value());
    if (decision.route != nullptr) return 0;
    answer_ = std::move(*decision.answer);
    return answer_.status;
  }
  unsigned status(const char* method, const char* target) {
    head_.method = method;
    head_.target = target;
    return status();
  }
  void require_token() {
    access_.required = Credentials::token;
    access_.tokens = {config::Secret("right")};
  }

  Router router_;
  Access access_;
  RequestHead head_;
  Request request_;
  Response answer_;
};

TEST_F(DispatchTest, FindsTheHandlerAndFillsInTheRequest) {
  EXPECT_EQ(status("GET", "/pipelines/a%20b?x=y"), 0);
  EXPECT_THAT(request_.parameters, ElementsAre(Pair("name", "a b")));
  EXPECT_EQ(*request_.query.find("x"), "y");
  EXPECT_EQ(request_.path, "/pipelines/a%20b");
}

TEST_F(DispatchTest, SaysWhatIsNotThere) {
  EXPECT_EQ(status("GET", "/nothing"), 404);
  EXPECT_THAT(answer_.body, HasSubstr("\"instance\":\"/nothing\""));
  EXPECT_EQ(status("DELETE", "/pipelines/x"), 405);
  EXPECT_EQ(*answer_.headers.find("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(status("BREW", "/pipelines/x"), 405);
  EXPECT_EQ(status("TRACE", "/pipelines/x"), 405);
  EXPECT_EQ(status("TRACE", "/nothing"), 404);
  EXPECT_EQ(status("get", "/pipelines/x"), 405);
  EXPECT_EQ(status("GET", "/pipelines/../x"), 400);
  EXPECT_EQ(status("CONNECT", "example.com:443"), 400);
}

TEST_F(DispatchTest, AnswersOptionsWithoutCors) {
  EXPECT_EQ(status("OPTIONS", "/pipelines/x"), 204);
  EXPECT_EQ(*answer_.headers.find("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(answer_.headers.size(), 1);
  EXPECT_EQ(status("OPTIONS", "*"), 204);
  EXPECT_EQ(status("GET", "*"), 400);
}

TEST_F(DispatchTest, WhoMayNotAskDoesNotLearnWhatThereIs) {
  require_token();
  for (const char* target : {"/pipelines/x", "/nothing"}) {
    for (const char* method : {"GET", "DELETE", "OPTIONS"})
      EXPECT_EQ(status(method, target), 401) << method << target;
  }
  EXPECT_EQ(status("OPTIONS", "*"), 401);
  EXPECT_EQ(status("GET", "/healthz"), 0) << "an open route";
  EXPECT_EQ(status("HEAD", "/healthz"), 0);
  EXPECT_EQ(status("POST", "/healthz"), 401);
  head_.headers.add("Authorization", "Bearer right");
  EXPECT_EQ(status("GET", "/nothing"), 404);
}

TEST_F(DispatchTest, AnOpenRouteIsNotForOtherSites) {
  head_.headers.add("Sec-Fetch-Site", "cross-site");
  EXPECT_EQ(status("GET", "/healthz"), 403);
}

TEST_F(DispatchTest, WantsTheMediaTypeOfTheRoute) {
  head_.has_body = true;
  EXPECT_EQ(status("POST", "/pipelines/x"), 415);
  EXPECT_EQ(status("POST", "/ingest"), 0);
  for (const char* each : {"text/plain", "application/jsonx", "application/json, text/plain", "", "json",
                           "text/plain; application/json"}) {
    RequestHead head = head_;
    head.headers.add("Content-Type", each);
    head.target = "/pipelines/x";
    std::swap(head, head_);
    EXPECT_EQ(status(), 415) << each;
    std::swap(head, head_);
  }
  head_.headers.add("Content-Type", "Application/JSON ; charset=utf-8");
  EXPECT_EQ(status("POST", "/pipelines/x"), 0);
  head_.headers.add("Content-Type", "application/json");
  EXPECT_EQ(status("POST", "/pipelines/x"), 415);
  head_.has_body = false;
  EXPECT_EQ(status("POST", "/pipelines/x"), 0);
}

}  // namespace
}  // namespace hiveframe::net
