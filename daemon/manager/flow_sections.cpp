#include "daemon/manager/flow_sections.hpp"

#include "config/option_table.hpp"

namespace hiveframe::daemon {

using namespace config;
using namespace std::chrono_literals;

namespace {

OptionTable<runtime::RetrySettings> retry_options() {
  using S = runtime::RetrySettings;
  OptionTable<S> t("retry section", "", "How to wait while a sink or source is down");
  t.add("base_delay_ms", &S::base_delay, millis(1ms)).help("Wait before the first retry");
  t.add("max_delay_ms", &S::max_delay, millis(1ms)).help("Longest wait between two tries");
  t.add("exponential_base", &S::exponential_base, number(1, 100)).help("Each wait is so many times the last");
  t.add("jitter", &S::jitter, boolean()).help("Vary each wait by up to half, so that tries spread out");
  t.add("max_elapsed", &S::max_elapsed, duration_or_none(1ms))
      .help("Give up and stop the pipeline after so long; none: try without end")
      .example("1h");
  t.check({"base_delay_ms", "max_delay_ms"}, [](S& s, const GivenOptions& given, Reader& reader) {
    if (s.max_delay >= s.base_delay) return;
    reader.error(given.span(given.has("max_delay_ms") ? "max_delay_ms" : "base_delay_ms"),
                 "'max_delay_ms' (" + std::to_string(s.max_delay.count()) +
                     ") is less than 'base_delay_ms' (" + std::to_string(s.base_delay.count()) + ")",
                 "raise 'max_delay_ms', or lower 'base_delay_ms'");
  });
  return t;
}

OptionTable<runtime::BreakerSettings> breaker_options() {
  using S = runtime::BreakerSettings;
  OptionTable<S> t("circuit_breaker section", "", "When to leave a failing sink alone for a while");
  t.add("failure_threshold", &S::failure_threshold, integer(1, 1'000'000))
      .help("So many failures in a row open it: nobody calls the sink");
  t.add("success_threshold", &S::success_threshold, integer(1, 1'000'000))
      .help("So many trial calls that succeed in a row close it again");
  t.add("timeout_ms", &S::timeout, millis(1ms)).help("How long it stays open before trial calls");
  t.add("half_open_max_calls", &S::half_open_max_calls, integer(1, 1'000'000))
      .help("Trial calls at the same time");
  return t;
}

OptionTable<runtime::BatchSettings> batch_options() {
  using S = runtime::BatchSettings;
  OptionTable<S> t("batch section", "", "How much a sink is given at a time");
  t.add("records", &S::records, integer(1, 10'000'000)).help("Most records in a batch");
  t.add("bytes", &S::bytes, size(1, 1 << 30)).help("Most bytes in a batch; a longer record goes alone");
  t.add("linger_ms", &S::linger, millis(0ms, 3'600'000ms))
      .default_note("20 for sinks that write larger batches faster, else 0")
      .help("Longest wait for a batch to fill up")
      .example("100");
  return t;
}

}  // namespace

OptionType<runtime::RetrySettings> retry_type() { return section(retry_options()); }
OptionType<runtime::BreakerSettings> circuit_breaker_type() { return section(breaker_options()); }
OptionType<runtime::BatchSettings> batch_type() { return section(batch_options()); }

}  // namespace hiveframe::daemon
