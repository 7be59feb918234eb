#include "daemon/cli/ctl_views.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>
#include <stdexcept>

namespace hiveframe::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CtlViewsTest, AllPipelines) {
  std::ostringstream out;
  show_pipelines(R"({"pipelines":[
    {"name":"orders","state":"running","read":1234567,"written":1000000,"rejected":2,"restarts":0,
     "rate":{"records_read":1234.5,"bytes_read":1,"records_written":1}},
    {"name":"returns","state":"degraded","reason":"sink: cannot connect","read":0,"written":0,"rejected":0,
     "restarts":3}]})",
                 out);
  EXPECT_EQ(out.str(),
            "PIPELINE  STATE          READ    WRITTEN  REJECTED     RATE  RESTARTS  REASON\n"
            "orders    running   1,234,567  1,000,000         2  1,234/s         0\n"
            "returns   degraded          0          0         0        -         3  sink: cannot connect\n");
}

TEST(CtlViewsTest, OnePipeline) {
  std::ostringstream out;
  show_pipeline(R"({"name":"orders","state":"failed","reason":"disk full","since":"2026-01-01T00:00:00.000Z",
    "file":"/etc/p/orders.yaml","source":"stdin",
    "run":{"read":10,"filtered":1,"rejected":2,"retries":3,
      "rejected_by":[{"stage":"decode","error":"syntax","records":2}],
      "sinks":[{"name":"sink","to":"file:///a","written":7,"bytes":700,"rejected":0,"retries":1,"queued":0}],
      "lanes":[{"id":"stdin","position":"line 10","ended":false}]},
    "last_errors":[{"time":"2026-01-01T00:00:01.000Z","message":"disk \u001b[2Jfull","times":4}]})",
                out);
  for (const char* each :
       {"state         failed: disk full\n", "records       10 read, 1 filtered, 2 rejected, 3 retries\n",
        "rejected      2 in decode: syntax\n", "stdin  line 10\n",
        "sink        7    700         0        1       0  file:///a\n",
        "2026-01-01T00:00:01.000Z  disk \uFFFD[2Jfull (4 times)\n"})
    EXPECT_THAT(out.str(), HasSubstr(each));
}

TEST(CtlViewsTest, ReloadSaysWhetherAllIsWell) {
  std::ostringstream out;
  EXPECT_TRUE(show_reload(
      R"({"sound":true,"pipelines":[{"name":"a","action":"replaced"}],"needs_restart":["threads"]})", out));
  EXPECT_THAT(out.str(), HasSubstr("a         replaced\n"));
  EXPECT_THAT(out.str(),
              HasSubstr("'threads' has changed: that takes effect only when the daemon is restarted"));
  EXPECT_FALSE(show_reload(R"({"sound":false,"pipelines":[],"needs_restart":[]})", out));
}

TEST(CtlViewsTest, WhatIsNoAnswerOfADaemon) {
  std::ostringstream out;
  for (const char* each : {"", "<html>", "[]", "null", "{"})
    EXPECT_THROW(show_pipelines(each, out), std::runtime_error) << each;
  for (const char* each : {"{}", R"({"pipelines":3})", R"({"pipelines":[3,null]})",
                           R"({"pipelines":[{"name":1,"read":"x","rate":[]}]})"})
    EXPECT_NO_THROW(show_pipelines(each, out)) << each;
}

TEST(CtlViewsTest, ListsOfAProblem) {
  EXPECT_THAT(problem_list(R"({"reasons":["a","b",3]})", "reasons"), ElementsAre("a", "b"));
  for (const char* each : {"", "[]", "{}", R"({"reasons":{}})", "<html>"})
    EXPECT_THAT(problem_list(each, "reasons"), IsEmpty()) << each;
}

TEST(CtlViewsTest, HealthAndReadiness) {
  std::ostringstream out;
  show_health(R"({"status":"ok"})", out);
  show_readiness(R"({"status":"ready","pipelines":1})", out);
  show_readiness(R"({"status":"ready","pipelines":1200})", out);
  EXPECT_EQ(out.str(),
            "the daemon works\n"
            "ready: 1 pipeline, all running, paused or finished\n"
            "ready: 1,200 pipelines, all running, paused or finished\n");
  EXPECT_THROW(show_health("<html>", out), std::runtime_error);
}

TEST(CtlViewsTest, DeadLetters) {
  std::ostringstream out;
  show_letters(R"({"letters":[
    {"id":"0a","time":"t","stage":"decode","error":"syntax","message":"no \u001b[2J","source":"in line 1",
     "original":"{\"a\nb\" 1}"},
    {"id":"0b","time":"t","stage":"sink","error":"refused","message":"m","source":"in line 2",
     "original_base64":"/w=="}],"total":1234,"next":77})",
               out);
  EXPECT_EQ(out.str(),
            "ID  TIME  STAGE   ERROR            SOURCE     RECORD\n"
            "0a  t     decode  syntax: no \uFFFD[2J  in line 1  {\"a\uFFFDb\" 1}\n"
            "0b  t     sink    refused: m       in line 2  (base64) /w==\n"
            "\n1,234 dead letters in all\nthe next ones: --after 77\n");
  std::ostringstream none;
  show_letters(R"({"letters":[],"total":0})", none);
  EXPECT_EQ(none.str(), "0 dead letters in all\n");
  std::ostringstream wide;
  show_letters(R"({"letters":[{"original":")" + std::string(59, 'x') + "äöü" + R"("}]})", wide);
  EXPECT_THAT(wide.str(), HasSubstr(std::string(59, 'x') + "...\n")) << "cut between characters";
}

TEST(CtlViewsTest, DeadLettersMoved) {
  std::ostringstream out;
  show_replayed(R"({"pipeline":"orders","letters":1200,"bad_again":0,"cut":0})", out);
  show_replayed(R"({"pipeline":"orders","letters":1,"bad_again":1,"cut":1})", out);
  show_replayed(R"({"pipeline":"orders","letters":3,"bad_again":2,"cut":2})", out);
  show_discarded(R"({"pipeline":"orders","letters":1,"bad_again":0,"cut":0})", out);
  EXPECT_EQ(
      out.str(),
      "orders: 1,200 dead letters replayed\n"
      "orders: 1 dead letter replayed; 1 record was bad again; 1 dead letter stays, for it holds not all of "
      "the record\n"
      "orders: 3 dead letters replayed; 2 records were bad again; 2 dead letters stay, for they hold not all "
      "of the record\n"
      "orders: 1 dead letter discarded\n");
}

TEST(CtlViewsTest, LogLevels) {
  std::ostringstream out;
  show_log_levels(R"({"levels":[{"component":"all","level":"info"},{"component":"sink","level":"error"}]})",
                  out);
  EXPECT_EQ(out.str(), "COMPONENT  LEVEL\nall        info\nsink       error\n");
}

TEST(CtlViewsTest, DetailsOfProblems) {
  EXPECT_EQ(problem_detail(R"({"title":"Conflict","detail":"it is paused"})"), "it is paused");
  for (const char* none : {"", "x", "[]", "{}", R"({"detail":7})"})
    EXPECT_EQ(problem_detail(none), "") << none;
}

}  // namespace
}  // namespace hiveframe::daemon
