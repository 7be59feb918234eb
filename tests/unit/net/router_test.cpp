#include "net/router.hpp"

#include <gmock/gmock.h>
#include <stdexcept>

namespace hiveframe::net {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

Handler named(const std::string& name) {
  return [name](const Request&) { return Response::text(name); };
}

std::string called(const Router::Match& match) {
  if (match.route == nullptr) return "nothing";
  return std::get<0>(match.route->handler)(Request()).body;
}

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    router_.add(Method::get, "/", named("root"));
    router_.add(Method::get, "/pipelines/{name}", named("one"));
    router_.add(Method::get, "/pipelines/{name}/{part}", named("part"));
    router_.add(Method::get, "/pipelines/{name}/tap", named("tap"));
    router_.add(Method::post, "/pipelines/reload", named("reload"));
    router_.add(Method::delete_, "/pipelines/{name}", named("delete"));
  }

  Router router_;
};

TEST_F(RouterTest, FindsTheRouteAndItsParameters) {
  EXPECT_EQ(called(router_.match(Method::get, {""})), "root");
  const auto match = router_.match(Method::get, {"pipelines", "a b", "tap"});
  EXPECT_EQ(called(match), "tap");
  EXPECT_THAT(match.parameters, ElementsAre(Pair("name", "a b")));
  const auto part = router_.match(Method::get, {"pipelines", "x", "y"});
  EXPECT_EQ(called(part), "part");
  EXPECT_THAT(part.parameters, UnorderedElementsAre(Pair("name", "x"), Pair("part", "y")));
}

TEST_F(RouterTest, TakesTheLiteralPieceFirstIfItHasTheMethod) {
  EXPECT_EQ(called(router_.match(Method::post, {"pipelines", "reload"})), "reload");
  EXPECT_EQ(called(router_.match(Method::get, {"pipelines", "reload"})), "one");
  EXPECT_EQ(called(router_.match(Method::delete_, {"pipelines", "reload"})), "delete");
}

TEST_F(RouterTest, TellsNoPathFromNoMethod) {
  EXPECT_THAT(router_.match(Method::get, {"nothing"}).allowed, IsEmpty());
  EXPECT_THAT(router_.match(Method::get, {"pipelines"}).allowed, IsEmpty());
  EXPECT_THAT(router_.match(Method::get, {"pipelines", ""}).allowed, IsEmpty());
  EXPECT_THAT(router_.match(Method::get, {}).allowed, IsEmpty());
  const auto match = router_.match(Method::put, {"pipelines", "reload"});
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(allow_field(match.allowed), "GET, HEAD, POST, DELETE, OPTIONS");
}

TEST_F(RouterTest, AnswersHeadByGetUnlessItHasARouteOfItsOwn) {
  EXPECT_EQ(called(router_.match(Method::head, {"pipelines", "a"})), "one");
  EXPECT_EQ(called(router_.match(Method::head, {"pipelines", "reload"})), "one");
  router_.add(Method::head, "/pipelines/{name}", named("head"));
  EXPECT_EQ(called(router_.match(Method::head, {"pipelines", "a"})), "head");
  EXPECT_EQ(called(router_.match(Method::get, {"pipelines", "a"})), "one");
}

TEST_F(RouterTest, RefusesMalformedAndRepeatedPatterns) {
  for (const char* each : {"", "a", "/{}", "/a{b}", "/{a}b", "/{a", "/{a}{b}", "/{a}/{a}", "/%20"})
    EXPECT_THROW(router_.add(Method::get, each, named("")), std::logic_error) << each;
  EXPECT_THROW(router_.add(Method::get, "/pipelines/{other}", named("")), std::logic_error);
  EXPECT_NO_THROW(router_.add(Method::put, "/pipelines/{other}", named("")));
}

}  // namespace
}  // namespace hiveframe::net
