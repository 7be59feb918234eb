#include "pipeline/runtime/exec/rejections.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace hiveframe::runtime {
namespace {

constexpr std::size_t most_lines = 20;

}  // namespace

std::string describe_bad_record(std::string_view place, std::string_view stage,
                                const record::DataError& error) {
  const bool by_sink = error.type == record::DataError::Type::rejected;
  std::string text(place);
  text += ": " + error.message + " (";
  text += by_sink ? "refused by " : std::string(record::name(error.type)) + " error in ";
  text += stage;
  return text + ")";
}

std::size_t Rejections::add(std::string_view place, const std::string& stage,
                            const record::DataError& error) {
  const char* const kind = record::name(error.type);
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < reasons_.size(); ++i) {
      if (reasons_[i].stage != stage || reasons_[i].error != kind) continue;
      ++reasons_[i].records;
      return i;
    }
    reasons_.push_back({stage, kind, 1});
  }
  if (dropped_) log_first(place, stage, error);
  return reasons_.size() - 1;
}

void Rejections::log_first(std::string_view place, const std::string& stage, const record::DataError& error) {
  if (lines_ > most_lines) return;
  if (lines_++ == most_lines) {
    spdlog::warn("[{}] records are dropped for more reasons than are shown here; the summary counts them",
                 pipeline_);
    return;
  }
  spdlog::warn("[{}] {}; it is dropped, as on_error says, and others like it without another line", pipeline_,
               describe_bad_record(place, stage, error));
}

void Rejections::take_back(std::size_t reason, std::uint64_t records) {
  const std::lock_guard lock(mutex_);
  reasons_[reason].records -= records;
}

std::uint64_t Rejections::total() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t total = 0;
  for (const RejectedStatus& each : reasons_)
    total += each.records;
  return total;
}

std::vector<RejectedStatus> Rejections::counts() const {
  const std::lock_guard lock(mutex_);
  std::vector<RejectedStatus> counts = reasons_;
  std::erase_if(counts, [](const RejectedStatus& each) { return each.records == 0; });
  return counts;
}

}  // namespace hiveframe::runtime
