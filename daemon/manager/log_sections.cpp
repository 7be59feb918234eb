#include "daemon/manager/log_sections.hpp"

#include "config/option_table.hpp"

namespace hiveframe::daemon {

using namespace config;

namespace {

OptionTable<LogOptions> log_options() {
  using S = LogOptions;
  OptionTable<S> t("log section", "", "What is logged, and how");
  t.add("level", &S::level,
        choice<LogLevel>({{"debug", LogLevel::debug},
                          {"info", LogLevel::info},
                          {"warning", LogLevel::warning},
                          {"error", LogLevel::error}}))
      .help("Leave out what matters less");
  t.add("format", &S::format,
        choice<std::optional<LogFormat>>({{"auto", std::nullopt},
                                          {"text", LogFormat::text},
                                          {"json", LogFormat::json},
                                          {"journal", LogFormat::journal}}))
      .help(
          "Lines for people, JSON objects, or lines with a priority for systemd's journal; auto: text on a "
          "terminal, journal where that is listening, else json");
  return t;
}

}  // namespace

OptionType<LogOptions> log_type() { return section(log_options()); }

}  // namespace hiveframe::daemon
