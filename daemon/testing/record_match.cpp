#include "daemon/testing/record_match.hpp"

#include <algorithm>

#include "config/utf8.hpp"
#include "daemon/testing/alignment.hpp"
#include "daemon/testing/difference.hpp"
#include "daemon/testing/shown_value.hpp"
#include "pipeline/expr/environment.hpp"

namespace hiveframe::daemon {
namespace {

using Role = ComplaintLine::Role;

std::string expected_text(const ExpectedRecord& expected) {
  if (expected.record) return shown(expected.record->value);
  std::string text;
  if (expected.contains) text = "with " + shown(expected.contains->value);
  if (expected.check)
    text += (text.empty() ? "" : ", ") + std::string("where ") + shown_text(expected.check->text().view());
  return text;
}

std::size_t columns(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const config::CodePoint point = config::code_point_at(text, at);
    width += static_cast<std::size_t>(config::display_width(point.value));
    at += point.size;
  }
  return width;
}

}  // namespace

RecordMatch::RecordMatch(const std::map<std::string, std::string>& env, Complaint& complaint)
    : complaint_(complaint) {
  env_ = expr::environment_of(env, env_text_);
}

void RecordMatch::match(const ExpectedOutput& expected, const std::string& sink,
                        const std::vector<CapturedRecord>& got) const {
  const std::vector<ExpectedRecord>& wanted = expected.records;
  const std::vector<Pair> pairs = align(
      wanted.size(), got.size(), [&](std::size_t i, std::size_t j) { return distance(wanted[i], got[j]); });
  for (const Pair& pair : pairs) {
    if (!pair.got) {
      complaint_.push_back(
          {Role::heading, sink + ": a record is missing" + expected_in(wanted[*pair.expected].place)});
      complaint_.push_back({Role::expected, "  expected " + expected_text(wanted[*pair.expected])});
      continue;
    }
    const std::string what = sink + ", record " + std::to_string(*pair.got + 1);
    if (!pair.expected) {
      complaint_.push_back({Role::heading, what + " is not expected"});
      complaint_.push_back({Role::got, "  got " + shown(got[*pair.got].value)});
    } else {
      complain(wanted[*pair.expected], got[*pair.got], what);
    }
  }
}

double RecordMatch::distance(const ExpectedRecord& expected, const CapturedRecord& got) const {
  double most = 0;
  if (expected.record) most = daemon::distance(expected.record->value, got.value);
  if (expected.contains) {
    const bool fits = differences(expected.contains->value, got.value, Extra::ignored).empty();
    most = std::max(most, fits ? 0 : daemon::distance(expected.contains->value, got.value));
  }
  if (expected.check && !check(*expected.check, got).empty()) most = std::max(most, 0.5);
  return most;
}

std::string RecordMatch::check(const expr::Program& condition, const CapturedRecord& got) const {
  record::Storage storage;
  storage.read_at = got.read_at;
  storage.shared_meta = got.meta.members();
  const record::Envelope envelope{got.key, record::Value(), {}};
  record::Record record;
  record.value = got.value;
  record.tree = true;
  record.envelope = &envelope;
  record::Draft draft(storage, record, storage.arena);
  const expr::Inputs inputs{.env = &env_, .state = nullptr};
  bool holds = false;
  expr::Failure failure;
  if (!condition.test(draft, inputs, holds, failure)) return "fails: " + failure.message;
  return holds ? "" : "is false";
}

void RecordMatch::complain(const ExpectedRecord& expected, const CapturedRecord& got,
                           const std::string& what) const {
  std::vector<Difference> other;
  if (expected.record) other = differences(expected.record->value, got.value);
  if (expected.contains) {
    std::vector<Difference> of_part = differences(expected.contains->value, got.value, Extra::ignored);
    other.insert(other.end(), of_part.begin(), of_part.end());
  }
  const std::string why = expected.check ? check(*expected.check, got) : std::string();
  if (other.empty() && why.empty()) return;
  complaint_.push_back({Role::heading, what + expected_in(expected.place)});
  explain_differences(other, complaint_);
  if (why.empty()) return;
  complaint_.push_back({Role::expected, "  check " + shown_text(expected.check->text().view()) + " " + why});
  complaint_.push_back({Role::got, "  got   " + shown(got.value)});
}

void explain_differences(const std::vector<Difference>& differences, Complaint& complaint) {
  constexpr std::size_t widest = 30;
  std::size_t width = 0;
  for (const Difference& each : differences)
    width = std::max(width, std::min(widest, columns(each.path)));
  for (const Difference& each : differences) {
    const std::size_t used = columns(each.path);
    const std::string margin = "  " + std::string(width, ' ') + (width > 0 ? "  " : "");
    std::string head = "  " + shown_text(each.path) + std::string(width - std::min(width, used), ' ');
    if (width > 0) head += "  ";
    switch (each.kind) {
      case Difference::Kind::missing:
        complaint.push_back({Role::expected, head + "missing, expected " + shown(each.expected)});
        break;
      case Difference::Kind::extra:
        complaint.push_back({Role::got, head + "not expected, got " + shown(each.got)});
        break;
      case Difference::Kind::other: {
        const auto [expected, got] = shown(each.expected, each.got);
        complaint.push_back({Role::expected, head + "expected " + expected});
        complaint.push_back({Role::got, margin + "got      " + got});
      }
    }
  }
}

}  // namespace hiveframe::daemon
