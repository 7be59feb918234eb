#include "pipeline/runtime/exec/route_output.hpp"

namespace hiveframe::runtime {
namespace {

/// Adds the record that `selection` has taken last to its runs, as long as each has its delimiter behind it.
void add_to_runs(record::Selection& selection, std::string_view text, char delimiter) {
  std::vector<std::string_view>& runs = selection.runs;
  const bool broken = runs.empty() && selection.records.size() > 1;
  if (broken) return;
  if (text.data() == nullptr || text.data()[text.size()] != delimiter) {
    runs.clear();
  } else if (!runs.empty() && runs.back().data() + runs.back().size() == text.data()) {
    runs.back() = {runs.back().data(), runs.back().size() + text.size() + 1};
  } else {
    runs.emplace_back(text.data(), text.size() + 1);
  }
}

}  // namespace

RouteOutput::RouteOutput(const Route& from, codec::Encoder* encoder_of, std::size_t records)
    : route(&from),
      encoder(encoder_of),
      selection(std::make_shared<record::Selection>()),
      makes_runs(encoder != nullptr && from.computed.empty() && from.format->delimiter.size() == 1),
      computed(from.computed.size()) {
  selection->computed_columns = from.computed.size();
  selection->records.reserve(records);
  if (encoder != nullptr) selection->encoded.reserve(records);
}

void RouteOutput::take(std::uint32_t number, const record::Record& record) const {
  record::Selection& to = *selection;
  to.records.push_back(number);
  to.original_bytes += record.original.size();
  to.computed.insert(to.computed.end(), computed.begin(), computed.end());
  if (encoder == nullptr) {
    to.bytes += record.original.size();
    return;
  }
  to.encoded.push_back(encoded);
  to.bytes += encoded.size();
  if (makes_runs) add_to_runs(to, encoded, route->format->delimiter.front());
}

RouteOutput::Mark RouteOutput::mark() const {
  const record::Selection& of = *selection;
  return {of.records.size(),
          of.encoded.size(),
          of.computed.size(),
          of.runs.size(),
          of.bytes,
          of.original_bytes,
          of.runs.empty() ? std::string_view() : of.runs.back()};
}

void RouteOutput::go_back(const Mark& mark) const {
  record::Selection& of = *selection;
  of.records.resize(mark.records);
  of.encoded.resize(mark.encoded);
  of.computed.resize(mark.computed);
  of.bytes = mark.bytes;
  of.original_bytes = mark.original_bytes;
  // They may be gone for good by now, which is right, too.
  if (of.runs.size() < mark.runs) {
    of.runs.clear();
  } else {
    of.runs.resize(mark.runs);
    if (mark.runs != 0) of.runs.back() = mark.last_run;
  }
}

}  // namespace hiveframe::runtime
