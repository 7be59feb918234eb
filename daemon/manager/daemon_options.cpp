#include "daemon/manager/daemon_options.hpp"

#include "config/option_table.hpp"

namespace hiveframe::daemon {

using namespace config;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t least_memory = 8 << 20;
constexpr std::int64_t most_threads = 1024;

OptionType<std::size_t> threads_type() {
  OptionType<std::int64_t> number = integer(1, most_threads);
  OptionType<std::size_t> type;
  type.info =
      TypeInfo::either("auto, or " + number.info.describe(), {TypeInfo::words({"auto"}), number.info});
  type.read = [read = number.read, info = type.info](const Node& node,
                                                     Reader& reader) -> std::optional<std::size_t> {
    if (!node.is_scalar()) {
      reader.wrong_type(node, info);
      return std::nullopt;
    }
    if (node.text().view() == "auto") return 0;
    const std::optional<std::int64_t> threads = read(node, reader);
    if (!threads) return std::nullopt;
    return static_cast<std::size_t>(*threads);
  };
  type.format = [](const std::size_t& threads) -> std::optional<std::string> {
    return threads == 0 ? "auto" : std::to_string(threads);
  };
  return type;
}

OptionTable<DaemonSettings> table() {
  using S = DaemonSettings;
  OptionTable<S> t("daemon file", "daemon", "What 'serve' runs, and how");
  t.add("pipelines", &S::pipelines, one_or_list(path()))
      .required()
      .help("A folder of pipeline files, a file, or a list of these")
      .example("/etc/hiveframed/pipelines");
  t.add("state_dir", &S::state_dir, path())
      .default_note("/var/lib/hiveframed for root, else $XDG_STATE_HOME/hiveframed")
      .help("Where positions are kept")
      .example("/var/lib/hiveframed");
  t.add("threads", &S::threads, threads_type())
      .help("Threads that transform records; auto: as many as processors");
  t.add("memory_limit", &S::memory_limit, size(least_memory))
      .help("Most bytes of records in flight, of all pipelines together");
  t.add("shutdown_timeout", &S::shutdown_timeout, duration(1ms, 24h))
      .help("How long a pipeline that is told to stop may take to finish what was read");
  t.add("start_timeout", &S::start_timeout, duration(1ms, 24h))
      .help("How long a pipeline that a reload changed may take to come up before it is rolled back");
  t.add("log", &S::log, log_type()).help("What is logged, and how").example("{level: warning, format: json}");
  t.add("admin", &S::admin, admin_type())
      .default_note("on 127.0.0.1:8610")
      .help("Where the daemon answers questions and takes commands, and from whom");
  return t;
}

}  // namespace

std::vector<std::string> changes_that_need_a_restart(const DaemonSettings& before,
                                                     const DaemonSettings& after) {
  std::vector<std::string> names;
  const auto compare = [&](const char* name, const auto& member) {
    if (before.*member != after.*member) names.emplace_back(name);
  };
  compare("state_dir", &DaemonSettings::state_dir);
  compare("threads", &DaemonSettings::threads);
  compare("memory_limit", &DaemonSettings::memory_limit);
  if (before.log.format != after.log.format) names.emplace_back("log.format");
  compare("admin", &DaemonSettings::admin);
  return names;
}

struct DaemonOptions::Tables {
  OptionTable<DaemonSettings> daemon;
};

DaemonOptions::DaemonOptions() : tables_(new Tables{table()}) {}

DaemonOptions::~DaemonOptions() = default;

std::optional<DaemonSettings> DaemonOptions::read(const Node& document, Reader& reader) const {
  return tables_->daemon.read(document, reader);
}

const TableInfo& DaemonOptions::info() const { return tables_->daemon.info(); }

}  // namespace hiveframe::daemon
