#include "daemon/testing/junit.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "config/utf8.hpp"

namespace hiveframe::daemon {
namespace {

constexpr std::string_view program = "hiveframed test";

// XML 1.0, production 2 (Char).
bool is_xml(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
         c >= 0x10000;
}

enum class Place { text, attribute };

// Attributes stand in double quotes, and their white space would be read as spaces.
std::string escaped(std::string_view text, Place place = Place::attribute) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const config::CodePoint point = config::code_point_at(text, at);
    const std::string_view bytes = text.substr(at, point.size);
    at += point.size;
    if (!point.valid || !is_xml(point.value)) {
      out += "\uFFFD";
    } else if (bytes == "&") {
      out += "&amp;";
    } else if (bytes == "<") {
      out += "&lt;";
    } else if (bytes == ">") {
      out += "&gt;";
    } else if (bytes == "\"") {
      out += "&quot;";
    } else if (point.value == '\r' || (point.value < 0x20 && place == Place::attribute)) {
      out += fmt::format("&#{};", static_cast<unsigned>(point.value));
    } else {
      out += bytes;
    }
  }
  return out;
}

struct Sum {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  double seconds = 0;
};

Sum sum_of(std::span<const TestResult> results) {
  Sum sum{.tests = results.size()};
  for (const TestResult& each : results) {
    sum.failures += each.passed() ? 0 : 1;
    sum.seconds += each.took.count();
  }
  return sum;
}

// The attributes that all suites and the whole have.
std::string head_xml(std::string_view element, std::string_view name, const Sum& sum) {
  return fmt::format(R"(<{} name="{}" tests="{}" failures="{}" errors="{}")", element, escaped(name),
                     sum.tests, sum.failures, sum.errors);
}

std::string suite_xml(std::string_view name, const Sum& sum, std::string_view cases) {
  return fmt::format("  {} skipped=\"0\" time=\"{:.6f}\">\n{}  </testsuite>\n",
                     head_xml("testsuite", name, sum), sum.seconds, cases);
}

std::string whole_xml(const Sum& sum, std::string_view suites) {
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{} time=\"{:.6f}\">\n{}</testsuites>\n",
                     head_xml("testsuites", program, sum), sum.seconds, suites);
}

std::string case_xml(const TestResult& result) {
  std::string xml =
      fmt::format(R"(    <testcase name="{}" classname="{}" file="{}" line="{}" time="{:.6f}")",
                  escaped(result.test->settings.name.view()), escaped(result.test->pipeline.name),
                  escaped(result.file()), result.line(), result.took.count());
  if (result.passed()) return xml + "/>\n";
  std::string text;
  for (const ComplaintLine& line : result.complaint)
    text += line.text + "\n";
  return xml +
         fmt::format(">\n      <failure message=\"{}\" type=\"difference\">{}</failure>\n    </testcase>\n",
                     escaped(result.complaint.front().text), escaped(text, Place::text));
}

std::string suite_xml(std::span<const TestResult> results) {
  std::string cases;
  for (const TestResult& each : results)
    cases += case_xml(each);
  return suite_xml(results.front().file(), sum_of(results), cases);
}

std::string_view file_of(const config::Diagnostic& problem) {
  return problem.span.file ? std::string_view(problem.span.file->name()) : program;
}

std::string case_xml(const config::Diagnostic& problem, const std::vector<config::Span>& concealed) {
  std::string place;
  if (problem.span.file) place += fmt::format(R"( file="{}")", escaped(problem.span.file->name()));
  if (problem.span.has_place()) place += fmt::format(R"( line="{}")", problem.span.position().line);
  return fmt::format(
      "    <testcase name=\"configuration\" classname=\"{}\"{} time=\"0.000000\">\n"
      "      <error message=\"{}\" type=\"configuration\">{}</error>\n    </testcase>\n",
      escaped(file_of(problem)), place, escaped(problem.message),
      escaped(config::render(problem, concealed), Place::text));
}

}  // namespace

std::string junit_xml(std::span<const TestResult> results) {
  const Sum sum = sum_of(results);
  std::string suites;
  while (!results.empty()) {
    const auto other = std::find_if(results.begin(), results.end(), [&](const TestResult& each) {
      return each.file() != results.front().file();
    });
    const auto count = static_cast<std::size_t>(other - results.begin());
    suites += suite_xml(results.first(count));
    results = results.subspan(count);
  }
  return whole_xml(sum, suites);
}

std::string junit_xml(const config::Diagnostics& problems) {
  const std::vector<config::Diagnostic> sorted = problems.sorted();
  std::string suites;
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto other = std::find_if(first, sorted.end(), [&](const config::Diagnostic& each) {
      return file_of(each) != file_of(*first);
    });
    const auto count = static_cast<std::size_t>(other - first);
    const std::string_view name = file_of(*first);
    std::string cases;
    for (; first != other; ++first)
      cases += case_xml(*first, problems.concealed());
    suites += suite_xml(name, {.tests = count, .errors = count}, cases);
  }
  return whole_xml({.tests = sorted.size(), .errors = sorted.size()}, suites);
}

}  // namespace hiveframe::daemon
