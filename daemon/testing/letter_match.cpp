#include "daemon/testing/letter_match.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "daemon/testing/difference.hpp"
#include "daemon/testing/record_match.hpp"
#include "daemon/testing/shown_value.hpp"

namespace hiveframe::daemon {
namespace {

using record::Value;
using Role = ComplaintLine::Role;

// A letter as the runtime writes it, see DeadLetters::describe().
class Letter {
 public:
  explicit Letter(const Value& value) : value_(value) {}

  std::string_view error() const { return value_.find("error")->find("type")->text(); }
  std::string_view message() const { return value_.find("error")->find("message")->text(); }
  std::string_view stage() const { return value_.find("stage")->text(); }
  std::string_view place() const { return value_.find("source")->text(); }
  std::string_view original() const {
    const Value* text = value_.find("original");
    return text ? text->text() : value_.find("original_base64")->text();
  }

 private:
  const Value& value_;
};

void describe(const Letter& letter, Complaint& complaint) {
  complaint.push_back({Role::got, "  got      " + std::string(letter.error()) + " in " +
                                      shown_text(letter.stage()) + ": " + shown_text(letter.message())});
  complaint.push_back({Role::detail, "           " + shown_text(letter.original())});
}

// The record as it came, if it can be read.
std::optional<Value> decoded(const Letter& letter, const codec::Format& format, record::Storage& storage) {
  const std::string_view original = letter.original();
  record::Buffer& buffer = storage.add(record::Buffer(original.size()));
  std::copy(original.begin(), original.end(), buffer.data());
  storage.format = format.wire;
  storage.records.emplace_back();
  record::Record& record = storage.records.back();
  record.original = {buffer.data(), original.size()};
  const std::unique_ptr<codec::Decoder> decoder = format.decoder();
  record::Draft draft(storage, record, storage.arena);
  record::DataError error;
  if (!decoder->decode(draft, error)) return std::nullopt;
  return draft.value();
}

void match_record(const Value& expected, const Letter& letter, const codec::Format& format,
                  Complaint& complaint) {
  if (expected.is(record::Kind::string) && expected.text() == letter.original()) return;
  record::Storage storage;
  const std::optional<Value> got = decoded(letter, format, storage);
  if (got) {
    std::vector<Difference> found = differences(expected, *got);
    for (Difference& each : found)
      each.path =
          each.path.empty() || each.path.starts_with('[') ? "record" + each.path : "record." + each.path;
    return explain_differences(found, complaint);
  }
  complaint.push_back({Role::expected, "  record   expected " + shown(expected)});
  complaint.push_back({Role::got, "           got      " + shown_text(letter.original())});
}

void expect_part(const char* name, const std::optional<std::string>& part, std::string_view got,
                 Complaint& complaint) {
  if (!part || got.find(*part) != std::string_view::npos) return;
  complaint.push_back(
      {Role::expected, std::string("  ") + name + "  expected " + shown(Value::string(*part)) + " in it"});
  complaint.push_back({Role::got, "           got      " + shown_text(got)});
}

void match(const ExpectedLetter& expected, const Letter& letter, const codec::Format& format,
           Complaint& complaint) {
  if (expected.error && record::name(*expected.error) != letter.error()) {
    complaint.push_back(
        {Role::expected, std::string("  error    expected ") + record::name(*expected.error)});
    complaint.push_back({Role::got, "           got      " + std::string(letter.error())});
  }
  expect_part("message", expected.message, letter.message(), complaint);
  expect_part("stage  ", expected.stage, letter.stage(), complaint);
  if (expected.record) match_record(expected.record->value, letter, format, complaint);
}

std::string expected_text(const ExpectedLetter& expected) {
  std::string text = expected.error ? record::name(*expected.error) : "a bad record";
  if (expected.stage) text += " in " + shown(Value::string(*expected.stage));
  if (expected.message) text += " with " + shown(Value::string(*expected.message));
  return text;
}

}  // namespace

void match_letters(const PipelineTest& test, const std::vector<CapturedRecord>& letters,
                   Complaint& complaint) {
  const std::vector<ExpectedLetter>& wanted = test.settings.dead_letters;
  const bool stops = test.pipeline.on_error == runtime::OnError::stop;
  for (std::size_t i = 0; i < std::max(wanted.size(), letters.size()); ++i) {
    if (i >= letters.size()) {
      complaint.push_back({Role::heading, "no record is bad" + expected_in(wanted[i].place)});
      if (!letters.empty()) complaint.back().text = "no other record is bad" + expected_in(wanted[i].place);
      complaint.push_back({Role::expected, "  expected " + expected_text(wanted[i])});
      continue;
    }
    const Letter letter(letters[i].value);
    if (i >= wanted.size()) {
      complaint.push_back({Role::heading, shown_text(letter.place()) +
                                              (stops ? " is bad and stops the pipeline" : " is bad") +
                                              ", which is not expected"});
      describe(letter, complaint);
      continue;
    }
    Complaint wrong;
    match(wanted[i], letter, *test.format, wrong);
    if (wrong.empty()) continue;
    complaint.push_back({Role::heading, shown_text(letter.place()) + " is bad in another way" +
                                            expected_in(wanted[i].place)});
    complaint.insert(complaint.end(), wrong.begin(), wrong.end());
  }
}

}  // namespace hiveframe::daemon
