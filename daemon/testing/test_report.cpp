#include "daemon/testing/test_report.hpp"

#include <algorithm>

#include "daemon/testing/shown_value.hpp"

namespace hiveframe::daemon {
namespace {

// ECMA-48, SGR.
constexpr const char* bold = "\x1b[1m";
constexpr const char* red = "\x1b[31m";
constexpr const char* bold_red = "\x1b[1;31m";
constexpr const char* green = "\x1b[32m";
constexpr const char* yellow = "\x1b[33m";
constexpr const char* plain = "\x1b[0m";

constexpr const char* margin = "        ";

const char* paint_of(ComplaintLine::Role role) {
  switch (role) {
    case ComplaintLine::Role::heading:
      return bold;
    case ComplaintLine::Role::expected:
      return green;
    case ComplaintLine::Role::got:
      return red;
    case ComplaintLine::Role::detail:
      break;
  }
  return plain;
}

}  // namespace

std::string TestReport::painted(const char* paint, const std::string& text) const {
  return colour_ ? paint + text + plain : text;
}

void TestReport::add(const TestResult& result) {
  out_ << (result.passed() ? painted(green, "ok") + "      " : painted(bold_red, "failed") + "  ");
  out_ << result.file() << ':' << result.line() << "  " << shown_text(result.test->settings.name.view())
       << '\n';
  for (const ComplaintLine& line : result.complaint)
    out_ << margin << painted(paint_of(line.role), line.text) << '\n';
}

void TestReport::add_untested(const std::string& pipeline) {
  out_ << painted(yellow, "no test") << ' ' << pipeline << '\n';
}

void TestReport::summary(std::span<const TestResult> results) {
  const auto failed = std::count_if(results.begin(), results.end(),
                                    [](const TestResult& result) { return !result.passed(); });
  out_ << results.size() << (results.size() == 1 ? " test, " : " tests, ")
       << (failed == 0 ? painted(green, "all passed") : painted(bold_red, std::to_string(failed) + " failed"))
       << '\n';
}

}  // namespace hiveframe::daemon
