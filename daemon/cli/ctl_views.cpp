#include "daemon/cli/ctl_views.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <stdexcept>

#include "daemon/cli/numbers.hpp"
#include "daemon/cli/table.hpp"

namespace hiveframe::daemon {
namespace {

using rapidjson::Value;

rapidjson::Document parse(std::string_view json) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  if (document.HasParseError() || !document.IsObject())
    throw std::runtime_error("what answers there is no hiveframed, or one of another version");
  return document;
}

/// Null if there is none.
const Value* member(const Value& object, const char* name) {
  if (!object.IsObject()) return nullptr;
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string text(const Value& object, const char* name) {
  const Value* value = member(object, name);
  if (value == nullptr || !value->IsString()) return {};
  return {value->GetString(), value->GetStringLength()};
}

std::uint64_t count(const Value& object, const char* name) {
  const Value* value = member(object, name);
  return value != nullptr && value->IsUint64() ? value->GetUint64() : 0;
}

/// Empty if it is absent.
const Value& items(const Value& object, const char* name) {
  static const Value none(rapidjson::kArrayType);
  const Value* value = member(object, name);
  return value != nullptr && value->IsArray() ? *value : none;
}

std::string rate(const Value& object) {
  const Value* rate = member(object, "rate");
  const Value* records = rate == nullptr ? nullptr : member(*rate, "records_read");
  if (records == nullptr || !records->IsNumber()) return "-";
  const double value = records->GetDouble();
  return value < 10 ? fmt::format("{:.1f}/s", value) : with_commas(static_cast<std::uint64_t>(value)) + "/s";
}

std::string cell(const Value& object, const char* name) { return with_commas(count(object, name)); }

void show_line(std::ostream& out, const char* name, const std::string& value) {
  if (!value.empty()) out << fmt::format("{:<14}{}\n", name, printable(value));
}

/// "1 record", "1,234 records"
std::string counted(std::uint64_t number, const char* what) {
  return with_commas(number) + " " + what + (number == 1 ? "" : "s");
}

/// As much of a record as fits on a line beside other things.
std::string beginning_of(const std::string& record) {
  constexpr std::size_t most = 60;
  if (record.size() <= most) return record;
  std::size_t end = most;
  // Not in the middle of a character.
  while (end > 0 && (static_cast<unsigned char>(record[end]) & 0xC0U) == 0x80U)
    --end;
  return record.substr(0, end) + "...";
}

void show_cut(const Value& moved, std::ostream& out) {
  const std::uint64_t cut = count(moved, "cut");
  if (cut != 0)
    out << "; " << counted(cut, "dead letter") << (cut == 1 ? " stays, for it holds" : " stay, for they hold")
        << " not all of the record";
  out << '\n';
}

void show_sinks(const Value& run, std::ostream& out) {
  using enum Table::Align;
  Table table({{"SINK"},
               {"WRITTEN", right},
               {"BYTES", right},
               {"REJECTED", right},
               {"RETRIES", right},
               {"QUEUED", right},
               {"TO"}});
  for (const Value& each : items(run, "sinks").GetArray()) {
    table.add({text(each, "name"), cell(each, "written"), cell(each, "bytes"), cell(each, "rejected"),
               cell(each, "retries"), cell(each, "queued"), text(each, "to")});
  }
  out << '\n';
  table.print(out);
}

void show_lanes(const Value& run, std::ostream& out) {
  const Value& lanes = items(run, "lanes");
  if (lanes.Empty()) return;
  Table table({{"LANE"}, {"DURABLE UP TO"}});
  for (const Value& each : lanes.GetArray())
    table.add({text(each, "id"), text(each, "position")});
  out << '\n';
  table.print(out);
}

void show_run(const Value& run, std::ostream& out) {
  out << fmt::format("{:<14}{} read, {} filtered, {} rejected, {} retries\n", "records", cell(run, "read"),
                     cell(run, "filtered"), cell(run, "rejected"), cell(run, "retries"));
  for (const Value& each : items(run, "rejected_by").GetArray()) {
    show_line(out, "rejected",
              fmt::format("{} in {}: {}", cell(each, "records"), text(each, "stage"), text(each, "error")));
  }
  show_sinks(run, out);
  show_lanes(run, out);
}

}  // namespace

void show_pipelines(std::string_view json, std::ostream& out) {
  const rapidjson::Document document = parse(json);
  using enum Table::Align;
  Table table({{"PIPELINE"},
               {"STATE"},
               {"READ", right},
               {"WRITTEN", right},
               {"REJECTED", right},
               {"RATE", right},
               {"RESTARTS", right},
               {"REASON"}});
  for (const Value& each : items(document, "pipelines").GetArray()) {
    table.add({text(each, "name"), text(each, "state"), cell(each, "read"), cell(each, "written"),
               cell(each, "rejected"), rate(each), cell(each, "restarts"), text(each, "reason")});
  }
  table.print(out);
}

void show_pipeline(std::string_view json, std::ostream& out) {
  const rapidjson::Document pipeline = parse(json);
  show_line(out, "pipeline", text(pipeline, "name"));
  const std::string reason = text(pipeline, "reason");
  show_line(out, "state", text(pipeline, "state") + (reason.empty() ? "" : ": " + reason));
  show_line(out, "since", text(pipeline, "since"));
  show_line(out, "starts again", text(pipeline, "restarts_at"));
  show_line(out, "file", text(pipeline, "file"));
  show_line(out, "source", text(pipeline, "source"));
  show_line(out, "rate", rate(pipeline));
  if (const Value* run = member(pipeline, "run")) show_run(*run, out);
  const Value& errors = items(pipeline, "last_errors");
  if (!errors.Empty()) out << "\nlast errors\n";
  for (const Value& each : errors.GetArray()) {
    out << "  " << text(each, "time") << "  " << printable(text(each, "message"));
    if (count(each, "times") > 1) out << " (" << count(each, "times") << " times)";
    out << '\n';
  }
}

void show_command_result(std::string_view json, std::ostream& out) {
  const rapidjson::Document result = parse(json);
  const std::string message = text(result, "message");
  out << printable(text(result, "pipeline")) << " is " << text(result, "state")
      << (message.empty() ? "" : ": " + printable(message)) << '\n';
}

bool show_reload(std::string_view json, std::ostream& out) {
  const rapidjson::Document report = parse(json);
  Table table({{"PIPELINE"}, {"ACTION"}, {"DETAIL"}});
  for (const Value& each : items(report, "pipelines").GetArray())
    table.add({text(each, "name"), text(each, "action"), text(each, "detail")});
  table.print(out);
  for (const Value& each : items(report, "needs_restart").GetArray()) {
    if (each.IsString())
      out << "'" << each.GetString()
          << "' has changed: that takes effect only when the daemon is restarted\n";
  }
  const Value* sound = member(report, "sound");
  return sound != nullptr && sound->IsTrue();
}

void show_health(std::string_view json, std::ostream& out) {
  parse(json);
  out << "the daemon works\n";
}

void show_readiness(std::string_view json, std::ostream& out) {
  const rapidjson::Document ready = parse(json);
  out << "ready: " << counted(count(ready, "pipelines"), "pipeline") << ", all running, paused or finished\n";
}

void show_letters(std::string_view json, std::ostream& out) {
  const rapidjson::Document page = parse(json);
  const Value& letters = items(page, "letters");
  Table table({{"ID"}, {"TIME"}, {"STAGE"}, {"ERROR"}, {"SOURCE"}, {"RECORD"}});
  for (const Value& each : letters.GetArray()) {
    const std::string original = member(each, "original") != nullptr
                                     ? text(each, "original")
                                     : "(base64) " + text(each, "original_base64");
    table.add({text(each, "id"), text(each, "time"), text(each, "stage"),
               text(each, "error") + ": " + text(each, "message"), text(each, "source"),
               beginning_of(original)});
  }
  if (!letters.Empty()) table.print(out);
  if (const Value* total = member(page, "total"); total != nullptr && total->IsUint64())
    out << (letters.Empty() ? "" : "\n") << counted(total->GetUint64(), "dead letter") << " in all\n";
  if (member(page, "next") != nullptr) out << "the next ones: --after " << count(page, "next") << '\n';
}

void show_replayed(std::string_view json, std::ostream& out) {
  const rapidjson::Document moved = parse(json);
  const std::uint64_t again = count(moved, "bad_again");
  out << printable(text(moved, "pipeline")) << ": " << counted(count(moved, "letters"), "dead letter")
      << " replayed";
  if (again != 0) out << "; " << counted(again, "record") << (again == 1 ? " was" : " were") << " bad again";
  show_cut(moved, out);
}

void show_discarded(std::string_view json, std::ostream& out) {
  const rapidjson::Document moved = parse(json);
  out << printable(text(moved, "pipeline")) << ": " << counted(count(moved, "letters"), "dead letter")
      << " discarded\n";
}

void show_log_levels(std::string_view json, std::ostream& out) {
  const rapidjson::Document levels = parse(json);
  Table table({{"COMPONENT"}, {"LEVEL"}});
  for (const Value& each : items(levels, "levels").GetArray())
    table.add({text(each, "component"), text(each, "level")});
  table.print(out);
}

std::string problem_detail(std::string_view json) {
  rapidjson::Document problem;
  problem.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  return problem.HasParseError() || !problem.IsObject() ? std::string() : text(problem, "detail");
}

std::vector<std::string> problem_list(std::string_view json, const char* member) {
  rapidjson::Document problem;
  problem.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  std::vector<std::string> all;
  if (problem.HasParseError() || !problem.IsObject()) return all;
  for (const Value& each : items(problem, member).GetArray()) {
    if (each.IsString()) all.emplace_back(each.GetString(), each.GetStringLength());
  }
  return all;
}

}  // namespace hiveframe::daemon
