#include "daemon/cli/summary.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <vector>

#include "config/utf8.hpp"
#include "daemon/cli/numbers.hpp"

namespace hiveframe::daemon {
namespace {

using runtime::RejectedStatus;
using runtime::SinkStatus;
using runtime::Status;

constexpr std::size_t column_count = 8;
using Row = std::array<std::string, column_count>;

std::chrono::duration<double> duration_of(const Status& status) {
  return status.ended ? *status.ended - status.started : std::chrono::duration<double>(0);
}

// What went through: a source that makes its records reads no bytes, so then what the first sink took.
std::uint64_t bytes_moved(const Status& status) {
  if (status.read_bytes != 0 || status.sinks.empty()) return status.read_bytes;
  return status.sinks.front().bytes;
}

// Of records made for a sink that has no bytes there is none.
std::string rate_of(const Status& status) {
  const std::uint64_t bytes = bytes_moved(status);
  return bytes == 0 && status.read > 0 ? "-" : megabytes_per_second(bytes, duration_of(status));
}

std::uint64_t written(const Status& status) {
  std::uint64_t records = 0;
  for (const SinkStatus& sink : status.sinks)
    records += sink.name == "dead_letter" ? 0 : sink.written;
  return records;
}

std::size_t columns(const std::string& text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const config::CodePoint point = config::code_point_at(text, i);
    width += static_cast<std::size_t>(config::display_width(point.value));
    i += point.size;
  }
  return width;
}

// Names to the left, numbers to the right.
std::string aligned(const std::vector<Row>& rows) {
  std::array<std::size_t, column_count> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < column_count; ++i)
      widths[i] = std::max(widths[i], columns(row[i]));
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < column_count; ++i) {
      const std::string padding(widths[i] - columns(row[i]), ' ');
      line += i == 0 ? "" : "  ";
      line += i < 2 ? row[i] + padding : padding + row[i];
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

void add_note(std::string& notes, const Status& status, std::uint64_t count, std::string_view one,
              std::string_view many) {
  if (count > 0)
    notes += fmt::format("{}: {} {}\n", status.name, with_commas(count), count == 1 ? one : many);
}

// "syntax error in decode", "refused by sink"
std::string reason_of(const RejectedStatus& rejected) {
  return rejected.error == "rejected" ? "refused by " + rejected.stage
                                      : rejected.error + " error in " + rejected.stage;
}

// What is out of the ordinary.
std::string notes_of(const Status& status, bool dry_run) {
  std::string notes;
  for (const RejectedStatus& each : status.rejected_by)
    notes += fmt::format("{}: {} rejected: {}\n", status.name, with_commas(each.records), reason_of(each));
  add_note(notes, status, status.dead_letters, "dead letter written", "dead letters written");
  add_note(notes, status, status.retries, "retry", "retries");
  add_note(notes, status, status.repeated, "record was written again after a failure",
           "records were written again after failures");
  // What was on its way to somebody who wants no more of it is no loss.
  if (status.output_closed || dry_run) return notes;
  add_note(notes, status, status.abandoned, "record was not delivered: the next run reads it again",
           "records were not delivered: the next run reads them again");
  const std::string why = status.loses_because.empty() ? "" : ": " + status.loses_because;
  add_note(notes, status, status.lost, "record was lost" + why, "records were lost" + why);
  return notes;
}

}  // namespace

std::string summary_text(std::span<const Status> pipelines, bool dry_run) {
  std::vector<Row> rows{{"pipeline", "state", "read", "filtered", "written", "rejected", "time", "MB/s"}};
  std::string notes;
  for (const Status& status : pipelines) {
    const auto time = duration_of(status);
    rows.push_back({status.name, std::string(runtime::to_string(status.state)), with_commas(status.read),
                    with_commas(status.filtered), with_commas(written(status)), with_commas(status.rejected),
                    short_time(time), rate_of(status)});
    if (status.sinks.size() > 1) {
      for (const SinkStatus& sink : status.sinks)
        rows.push_back({"  " + sink.name + " " + sink.display, "", "", "", with_commas(sink.written),
                        with_commas(sink.rejected), "", ""});
    }
    notes += notes_of(status, dry_run);
  }
  return aligned(rows) + notes;
}

std::string summary_json(std::span<const Status> pipelines, int exit_status) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto text = [&](const char* key, std::string_view value) {
    json.Key(key);
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  const auto number = [&](const char* key, std::uint64_t value) {
    json.Key(key);
    json.Uint64(value);
  };
  json.StartObject();
  json.Key("pipelines");
  json.StartArray();
  for (const Status& status : pipelines) {
    json.StartObject();
    text("name", status.name);
    text("state", runtime::to_string(status.state));
    if (!status.reason.empty()) text("reason", status.reason);
    json.Key("seconds");
    json.Double(duration_of(status).count());
    number("read", status.read);
    number("read_bytes", status.read_bytes);
    number("filtered", status.filtered);
    number("written", written(status));
    number("rejected", status.rejected);
    json.Key("rejected_by");
    json.StartArray();
    for (const RejectedStatus& each : status.rejected_by) {
      json.StartObject();
      text("stage", each.stage);
      text("error", each.error);
      number("records", each.records);
      json.EndObject();
    }
    json.EndArray();
    number("dead_letters", status.dead_letters);
    number("retries", status.retries);
    number("abandoned", status.abandoned);
    number("lost", status.lost);
    if (status.lost > 0) text("lost_because", status.loses_because);
    number("repeated", status.repeated);
    number("rewinds", status.rewinds);
    json.Key("sinks");
    json.StartArray();
    for (const SinkStatus& sink : status.sinks) {
      json.StartObject();
      text("name", sink.name);
      text("display", sink.display);
      number("written", sink.written);
      number("written_bytes", sink.bytes);
      number("rejected", sink.rejected);
      number("retries", sink.retries);
      number("flushes", sink.flushes);
      json.EndObject();
    }
    json.EndArray();
    json.Key("positions");
    json.StartArray();
    for (const runtime::LaneStatus& lane : status.lanes) {
      json.StartObject();
      text("lane", lane.id);
      text("position", lane.position);
      json.Key("ended");
      json.Bool(lane.ended);
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.Key("exit_status");
  json.Int(exit_status);
  json.EndObject();
  return buffer.GetString();
}

}  // namespace hiveframe::daemon
