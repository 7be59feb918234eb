#include "pipeline/errors.hpp"

#include <cerrno>
#include <gtest/gtest.h>
#include <string>

namespace hiveframe::pipeline {
namespace {

TEST(Errors, SayWhatWasTriedAgainstWhatTheAnswerAndWhatToDo) {
  const Fatal error({"write to", "/data/out.csv", "Permission denied", "let the user write there"});
  EXPECT_STREQ(error.what(), "cannot write to /data/out.csv: Permission denied; let the user write there");
  EXPECT_EQ(error.text().against, "/data/out.csv");
}

TEST(Errors, LeaveOutWhatIsEmpty) {
  EXPECT_STREQ(Retryable({"reach", "db:5432", "", ""}).what(), "cannot reach db:5432");
  EXPECT_STREQ(Retryable({"wait", "", "no", ""}).what(), "cannot wait: no");
}

TEST(Errors, AreOneLineWhateverTheOtherSideSaid) {
  const std::string what = Fatal({"read", "a\nb", "ERROR:\tbad\r\n\x1b[31m", "fix\x7f it"}).what();
  EXPECT_EQ(what, "cannot read a b: ERROR: bad   [31m; fix  it");
}

TEST(Errors, KnowWhetherTheOutcomeIsKnown) {
  EXPECT_FALSE(Retryable({"send", "x", "reset", ""}).outcome_unknown());
  EXPECT_TRUE(Retryable({"send", "x", "reset", ""}, true).outcome_unknown());
}

TEST(Errors, ClassifyFileErrors) {
  for (const int number : {ENOSPC, EDQUOT, EIO})
    EXPECT_EQ(classify_file_error(number), ErrorKind::retryable) << number;
  for (const int number : {EACCES, ENOTDIR, EISDIR, EROFS, ENOENT, EPERM, EFBIG, 0, -1, 99999}) {
    EXPECT_EQ(classify_file_error(number), ErrorKind::fatal) << number;
  }
}

TEST(Errors, ThrowByClassWithTheSystemsWordsAndAdvice) {
  try {
    throw_file_error(ENOSPC, "write to", "/full/file");
    FAIL();
  } catch (const Retryable& error) {
    EXPECT_STREQ(error.what(),
                 "cannot write to /full/file: No space left on device; free some space on this file system");
    EXPECT_FALSE(error.outcome_unknown());
  }
  EXPECT_THROW(throw_file_error(EACCES, "open", "/etc/shadow"), Fatal);
}

TEST(Errors, TheCommonOnesHaveAdvice) {
  for (const int number : {ENOSPC, EDQUOT, EIO, EACCES, ENOTDIR, EISDIR, EROFS, ENOENT}) {
    EXPECT_FALSE(file_error_advice(number).empty()) << number;
  }
}

}  // namespace
}  // namespace hiveframe::pipeline
