#include "connectors/kafka/first_offsets.hpp"

#include <algorithm>
#include <librdkafka/rdkafka.h>
#include <regex.h>
#include <span>
#include <spdlog/spdlog.h>
#include <utility>

#include "connectors/kafka/client_settings.hpp"
#include "connectors/kafka/errors.hpp"

namespace hiveframe::connectors::kafka {
namespace {

constexpr int request_ms = 5000;
// The member whose turn it is may be one that does not know of this rule.
constexpr std::chrono::seconds wait_for_another{20};

using Element = rd_kafka_topic_partition_t;

std::span<Element> elements(const rd_kafka_topic_partition_list_t& list) {
  return {list.elems, static_cast<std::size_t>(list.cnt)};
}

bool without_offset(const Element& each) { return each.offset == RD_KAFKA_OFFSET_INVALID; }

/// A regular expression as librdkafka reads it: POSIX, extended.
class TopicPattern {
 public:
  explicit TopicPattern(const std::string& text)
      : sound_(regcomp(&regex_, text.c_str(), REG_EXTENDED | REG_NOSUB) == 0) {}
  ~TopicPattern() {
    if (sound_) regfree(&regex_);
  }
  TopicPattern(const TopicPattern&) = delete;
  TopicPattern& operator=(const TopicPattern&) = delete;
  [[nodiscard]] bool matches(const char* topic) const {
    return sound_ && regexec(&regex_, topic, 0, nullptr, 0) == 0;
  }

 private:
  regex_t regex_{};
  bool sound_;
};

}  // namespace

void FirstOffsets::look() {
  const PartitionList all = all_partitions();
  for (const Element& each : elements(*all))
    there_at_first_.insert({each.topic, each.partition});
}

bool FirstOffsets::fill(rd_kafka_topic_partition_list_t& partitions) {
  const std::string group = "group '" + settings_.group_id + "'";
  for (Element& each : elements(partitions))
    each.offset = RD_KAFKA_OFFSET_INVALID;
  if (const auto error = rd_kafka_committed(client_, &partitions, request_ms))
    throw_error(error, {}, "read the offsets of", group);
  const std::span<Element> ours = elements(partitions);
  for (const Element& each : ours)
    if (each.err != RD_KAFKA_RESP_ERR_NO_ERROR) throw_error(each.err, {}, "read the offsets of", group);
  const auto begin_at_the_beginning = [ours] {
    for (Element& each : ours)
      if (without_offset(each)) each.offset = RD_KAFKA_OFFSET_BEGINNING;
    return true;
  };
  if (from_start_) begin_anew(partitions);
  if (std::none_of(ours.begin(), ours.end(), without_offset)) return true;
  if (settings_.auto_offset_reset == Beginning::earliest && !settings_.start_timestamp)
    return begin_at_the_beginning();

  const PartitionList all = all_partitions();
  if (const auto error = rd_kafka_committed(client_, all.get(), request_ms))
    throw_error(error, {}, "read the offsets of", group);
  const std::span<Element> every = elements(*all);
  if (!std::all_of(every.begin(), every.end(), without_offset)) {
    // The member that decides commits all at once; what has no offset afterwards came later.
    if (const auto error = rd_kafka_committed(client_, &partitions, request_ms))
      throw_error(error, {}, "read the offsets of", group);
    return begin_at_the_beginning();
  }
  const auto first = std::min_element(every.begin(), every.end(), [](const Element& a, const Element& b) {
    return std::pair(std::string_view(a.topic), a.partition) <
           std::pair(std::string_view(b.topic), b.partition);
  });
  const bool decides = first == every.end() || rd_kafka_topic_partition_list_find(
                                                   &partitions, first->topic, first->partition) != nullptr;
  const auto now = std::chrono::steady_clock::now();
  if (!waits_since_) waits_since_ = now;
  if (!decides && now - *waits_since_ < wait_for_another) return false;
  waits_since_.reset();
  commit_first(*all);
  for (Element& each : ours) {
    const Element* const found = rd_kafka_topic_partition_list_find(all.get(), each.topic, each.partition);
    each.offset = found != nullptr ? found->offset : RD_KAFKA_OFFSET_BEGINNING;
  }
  return true;
}

/// Every partition of every topic that the group reads.
PartitionList FirstOffsets::all_partitions() const {
  const rd_kafka_metadata_t* found = nullptr;
  if (const auto error = rd_kafka_metadata(client_, 1, nullptr, &found, request_ms))
    throw_error(error, {}, "ask for the topics of", shown_servers(settings_));
  const Metadata metadata(found);
  PartitionList all(rd_kafka_topic_partition_list_new(16));
  for (const std::string& wanted : settings_.topics) {
    const TopicPattern pattern(wanted);
    for (const rd_kafka_metadata_topic& topic :
         std::span(metadata->topics, static_cast<std::size_t>(metadata->topic_cnt))) {
      if (wanted.starts_with('^') ? !pattern.matches(topic.topic) : wanted != topic.topic) continue;
      for (int i = 0; i < topic.partition_cnt; ++i) {
        const int number = topic.partitions[i].id;
        if (rd_kafka_topic_partition_list_find(all.get(), topic.topic, number) == nullptr)
          rd_kafka_topic_partition_list_add(all.get(), topic.topic, number);
      }
    }
  }
  return all;
}

void FirstOffsets::begin_anew(rd_kafka_topic_partition_list_t& partitions) {
  for (Element& each : elements(partitions))
    if (begun_.insert({each.topic, each.partition}).second) each.offset = RD_KAFKA_OFFSET_BEGINNING;
}

void FirstOffsets::commit_first(rd_kafka_topic_partition_list_t& all) const {
  if (settings_.start_timestamp) {
    for (Element& each : elements(all))
      each.offset = settings_.start_timestamp->count();
    if (const auto error = rd_kafka_offsets_for_times(client_, &all, request_ms))
      throw_error(error, {}, "ask for the offsets of start_timestamp in", shown_servers(settings_));
  } else {
    for (Element& each : elements(all))
      each.offset = RD_KAFKA_OFFSET_END;
  }
  for (Element& each : elements(all)) {
    if (each.err != RD_KAFKA_RESP_ERR_NO_ERROR)
      throw_error(each.err, {}, "ask for the offset of start_timestamp in",
                  Partition{each.topic, each.partition}.str());
    if (each.offset != RD_KAFKA_OFFSET_END) continue;
    std::int64_t low = 0;
    std::int64_t high = 0;
    const auto error =
        rd_kafka_query_watermark_offsets(client_, each.topic, each.partition, &low, &high, request_ms);
    if (error) throw_error(error, {}, "ask for the end of", Partition{each.topic, each.partition}.str());
    each.offset = there_at_first_.contains({each.topic, each.partition}) ? high : low;
  }
  if (const auto error = rd_kafka_commit(client_, &all, 0))
    throw_error(error, {}, "store where it begins in", "group '" + settings_.group_id + "'");
  spdlog::info("{}group '{}' begins {} of {} partitions, as {} says", speaker_, settings_.group_id,
               settings_.start_timestamp ? "at a time" : "at the end", all.cnt,
               settings_.start_timestamp ? "start_timestamp" : "auto_offset_reset: latest");
}

}  // namespace hiveframe::connectors::kafka
