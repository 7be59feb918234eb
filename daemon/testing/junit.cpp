#include "daemon/testing/junit.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "config/utf8.hpp"

namespace hiveframe::daemon {
namespace {

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
  std::size_t failures = 0;
  double seconds = 0;
};

Sum sum_of(std::span<const TestResult> results) {
  Sum sum;
  for (const TestResult& each : results) {
    sum.failures += each.passed() ? 0 : 1;
    sum.seconds += each.took.count();
  }
  return sum;
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
  const Sum sum = sum_of(results);
  std::string xml = fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"{:.6f}\">\n",
      escaped(results.front().file()), results.size(), sum.failures, sum.seconds);
  for (const TestResult& each : results)
    xml += case_xml(each);
  return xml + "  </testsuite>\n";
}

}  // namespace

std::string junit_xml(std::span<const TestResult> results) {
  const Sum sum = sum_of(results);
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"hiveframed test\" tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"{:.6f}\">\n",
      results.size(), sum.failures, sum.seconds);
  while (!results.empty()) {
    const auto other = std::find_if(results.begin(), results.end(), [&](const TestResult& each) {
      return each.file() != results.front().file();
    });
    const auto count = static_cast<std::size_t>(other - results.begin());
    xml += suite_xml(results.first(count));
    results = results.subspan(count);
  }
  return xml + "</testsuites>\n";
}

}  // namespace hiveframe::daemon
