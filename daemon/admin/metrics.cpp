#include "daemon/admin/metrics.hpp"

#include <algorithm>
#include <limits>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sstream>
#include <unordered_map>

namespace hiveframe::daemon {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;
using Seconds = std::chrono::duration<double>;

double seconds(auto duration) { return std::chrono::duration_cast<Seconds>(duration).count(); }

double unix_time(std::chrono::system_clock::time_point time) { return seconds(time.time_since_epoch()); }

ClientMetric::Histogram to_prometheus(const runtime::HistogramStatus& status) {
  ClientMetric::Histogram histogram;
  for (std::size_t i = 0; i < status.counts.size(); ++i) {
    histogram.sample_count += status.counts[i];
    const bool last = i == status.bounds.size();
    histogram.bucket.push_back(
        {histogram.sample_count, last ? std::numeric_limits<double>::infinity() : status.bounds[i]});
  }
  histogram.sample_sum = status.sum;
  return histogram;
}

constexpr PipelineState states[] = {
    PipelineState::starting, PipelineState::running, PipelineState::degraded,
    PipelineState::draining, PipelineState::paused,  PipelineState::backing_off,
    PipelineState::finished, PipelineState::failed,  PipelineState::stopped,
};

}  // namespace

/// The families of one answer, in the order in which they are first added to.
class Families {
 public:
  explicit Families(Metrics& metrics) : metrics_(metrics) {}

  void gauge(const std::string& name, const char* help, Labels labels, double value) {
    add(name, help, MetricType::Gauge, std::move(labels)).gauge.value = value;
  }
  void counter(const std::string& name, const char* help, Labels labels, double value) {
    add(name, help, MetricType::Counter, std::move(labels)).counter.value = value;
  }
  /// Of a run: it may fall within it, and is shown as if it stood still then.
  void counter(const std::string& name, const char* help, Labels labels, const runtime::Status& run,
               double value) {
    std::string key = name;
    for (const ClientMetric::Label& each : labels)
      key += '\0' + each.value;
    counter(name, help, std::move(labels), metrics_.not_falling(std::move(key), run.started, value));
  }
  void histogram(const std::string& name, const char* help, Labels labels,
                 const runtime::HistogramStatus& status) {
    if (status.counts.empty()) return;
    add(name, help, MetricType::Histogram, std::move(labels)).histogram = to_prometheus(status);
  }

  std::string text() const {
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families_);
    return out.str();
  }

 private:
  ClientMetric& add(const std::string& name, const char* help, MetricType type, Labels labels) {
    const auto [at, is_new] = indexes_.try_emplace(name, families_.size());
    if (is_new) families_.push_back({name, help, type, {}});
    ClientMetric& metric = families_[at->second].metric.emplace_back();
    metric.label = std::move(labels);
    return metric;
  }

  Metrics& metrics_;
  std::vector<MetricFamily> families_;
  std::unordered_map<std::string, std::size_t> indexes_;  // by name
};

namespace {

void add_process(Families& families, const ProcessNumbers& process) {
  families.counter("process_cpu_seconds_total", "Processor time used", {}, seconds(process.cpu_time));
  families.gauge("process_resident_memory_bytes", "Memory in use", {},
                 static_cast<double>(process.resident_bytes));
  families.gauge("process_open_fds", "Open files and sockets", {}, static_cast<double>(process.open_files));
  families.gauge("process_max_fds", "How many may be open", {}, static_cast<double>(process.most_open_files));
  families.gauge("process_start_time_seconds", "When the process was started, Unix time", {},
                 unix_time(process.started));
}

void add_engine(Families& families, const Observation& observation) {
  const Manager::EngineView& engine = observation.engine;
  families.gauge("hiveframe_build_info", "Always 1; the version is a label",
                 {{"version", observation.version}}, 1);
  families.gauge("hiveframe_threads", "Threads of the data plane", {}, static_cast<double>(engine.threads));
  families.gauge("hiveframe_memory_limit_bytes", "Most bytes of records in flight, of all pipelines", {},
                 static_cast<double>(engine.memory_limit));
  families.gauge("hiveframe_memory_held_bytes", "Bytes of records in flight, of all pipelines", {},
                 static_cast<double>(engine.memory_held));
  families.gauge("hiveframe_runs_left_behind", "Runs that ended while a call of theirs hung, and still hangs",
                 {}, static_cast<double>(engine.left_behind));
}

void add_state(Families& families, const PipelineView& pipeline, const Labels& labels) {
  for (const PipelineState each : states) {
    Labels with_state = labels;
    with_state.push_back({"state", std::string(to_string(each))});
    families.gauge("hiveframe_pipeline_state", "1 for the state that the pipeline is in",
                   std::move(with_state), pipeline.state == each ? 1 : 0);
  }
  families.counter("hiveframe_pipeline_starts_total", "Runs of the pipeline", labels,
                   static_cast<double>(pipeline.starts));
  families.counter("hiveframe_pipeline_restarts_total", "Runs that followed a failure by themselves", labels,
                   static_cast<double>(pipeline.restarts));
}

void add_letters(Families& families, const PipelineView& pipeline, const Labels& labels) {
  if (!pipeline.configuration->spec.dead_letter) return;
  families.counter("hiveframe_dead_letters_replayed_total",
                   "Dead letters whose records passed the pipeline again, as somebody told it to", labels,
                   static_cast<double>(pipeline.letters_replayed));
  families.counter("hiveframe_dead_letters_discarded_total", "Dead letters that somebody had removed", labels,
                   static_cast<double>(pipeline.letters_discarded));
}

void add_sink(Families& families, const runtime::Status& run, const runtime::SinkStatus& sink,
              Labels labels) {
  labels.push_back({"sink", sink.name});
  const auto counter = [&](const char* name, const char* help, double value) {
    families.counter(name, help, labels, run, value);
  };
  counter("hiveframe_sink_records_total", "Records that the sink has taken",
          static_cast<double>(sink.written));
  counter("hiveframe_sink_bytes_total", "Bytes of these, encoded, without what a format puts between them",
          static_cast<double>(sink.bytes));
  counter("hiveframe_sink_rejected_records_total", "Records that the sink refused",
          static_cast<double>(sink.rejected));
  counter("hiveframe_sink_retries_total", "Attempts that followed a failed one",
          static_cast<double>(sink.retries));
  counter("hiveframe_sink_flushes_total", "Times that the sink was told to make durable what it took",
          static_cast<double>(sink.flushes));
  families.gauge("hiveframe_sink_queue_batches", "Parts of batches that wait for the sink", labels,
                 static_cast<double>(sink.queued));
  families.histogram("hiveframe_sink_batch_records", "Records in each write that the sink took", labels,
                     sink.batches);
  families.histogram(
      "hiveframe_end_to_end_latency_seconds",
      "From a record's reading until the sink has it durably: counted then, not when it is written", labels,
      sink.latencies);
}

void add_stages(Families& families, const runtime::Status& run, const Labels& labels) {
  const auto busy = [&](const std::string& stage, std::chrono::nanoseconds time) {
    Labels with_stage = labels;
    with_stage.push_back({"stage", stage});
    families.counter("hiveframe_stage_busy_seconds_total",
                     "How long the stage worked; its rate is the utilization, 1 for each thread or write",
                     std::move(with_stage), run, seconds(time));
  };
  busy("transforms", run.transforming);
  for (const runtime::SinkStatus& each : run.sinks)
    busy(each.name, each.busy);
}

/// What a connector tells of itself.
void add_measures(Families& families, const runtime::Status& run, const std::string& component,
                  const std::vector<pipeline::Measure>& measures, const Labels& labels) {
  for (const pipeline::Measure& each : measures) {
    Labels own = labels;
    own.push_back({"component", component});
    for (const auto& [name, value] : each.labels)
      own.push_back({name, value});
    const std::string name = std::string("hiveframe_") + each.name;
    if (each.type == pipeline::Measure::Type::counter) {
      families.counter(name, each.help, std::move(own), run, each.value);
    } else {
      families.gauge(name, each.help, std::move(own), each.value);
    }
  }
}

void add_rejected(Families& families, const runtime::Status& run, const Labels& labels) {
  for (const runtime::RejectedStatus& each : run.rejected_by) {
    Labels with_reason = labels;
    with_reason.push_back({"stage", each.stage});
    with_reason.push_back({"error", each.error});
    families.counter("hiveframe_rejected_records_total", "Bad records, by where and how they were found",
                     std::move(with_reason), run, static_cast<double>(each.records));
  }
}

void add_stream(Families& families, const Observation& observation, const std::string& name,
                const runtime::Status& run) {
  const Labels labels{{"stream", name}};
  families.counter("hiveframe_stream_records_total", "Records read", labels, run,
                   static_cast<double>(run.read));
  const bool waits = !runtime::is_final(run.state) && run.oldest_in_flight;
  const double lag = waits ? std::max(0.0, seconds(observation.now - *run.oldest_in_flight)) : 0.0;
  families.gauge("hiveframe_stream_lag_seconds",
                 "How long ago the oldest record was read that is not durable yet; 0 if all are", labels,
                 lag);
}

void add_run(Families& families, const Observation& observation, const runtime::Status& run,
             const Labels& labels) {
  const auto counter = [&](const char* name, const char* help, std::uint64_t value) {
    families.counter(name, help, labels, run, static_cast<double>(value));
  };
  counter("hiveframe_records_read_total", "Records read", run.read);
  counter("hiveframe_bytes_read_total", "Bytes of these, as they came", run.read_bytes);
  counter("hiveframe_records_filtered_total", "Records dropped by a transform, or taken by no sink",
          run.filtered);
  add_rejected(families, run, labels);
  counter("hiveframe_dead_letters_total", "Dead letters that are durable", run.dead_letters);
  counter("hiveframe_retries_total", "Attempts that followed a failed one, of the whole pipeline",
          run.retries);
  counter("hiveframe_rewinds_total", "Times that a lane was read again from what was durable", run.rewinds);
  counter("hiveframe_records_repeated_total", "Records delivered again after that", run.repeated);
  counter("hiveframe_records_abandoned_total",
          "Records that were not delivered and are read again by the next run", run.abandoned);
  counter("hiveframe_records_lost_total", "Records that were not delivered and are not read again", run.lost);
  families.gauge("hiveframe_pipeline_memory_bytes", "Bytes of its records in flight", labels,
                 static_cast<double>(run.memory));
  if (run.stored && !runtime::is_final(run.state)) {
    families.gauge("hiveframe_state_age_seconds", "How long ago positions were stored", labels,
                   std::max(0.0, seconds(observation.steady_now - *run.stored)));
  }
  add_stages(families, run, labels);
  for (const runtime::SinkStatus& each : run.sinks)
    add_sink(families, run, each, labels);
  if (runtime::is_final(run.state)) return;
  add_measures(families, run, "source", run.measures, labels);
  for (const runtime::SinkStatus& each : run.sinks)
    add_measures(families, run, each.name, each.measures, labels);
}

}  // namespace

double Metrics::not_falling(std::string counter, Run run, double value) {
  Mark& mark = marks_[std::move(counter)];
  if (mark.run != run) mark = {run, 0, 0};
  mark.value = std::max(mark.value, value);
  mark.seen = observations_;
  return mark.value;
}

/// Of pipelines that are gone.
void Metrics::forget_others() {
  std::erase_if(marks_, [this](const auto& each) { return each.second.seen != observations_; });
}

std::string Metrics::text(const Observation& observation) {
  ++observations_;
  Families families(*this);
  add_engine(families, observation);
  for (const PipelineView& each : observation.pipelines) {
    const Labels labels{{"pipeline", each.name}};
    add_state(families, each, labels);
    add_letters(families, each, labels);
    if (!each.status) continue;
    add_run(families, observation, *each.status, labels);
    add_stream(families, observation, each.name, *each.status);
  }
  add_process(families, observation.process);
  forget_others();
  return families.text();
}

}  // namespace hiveframe::daemon
