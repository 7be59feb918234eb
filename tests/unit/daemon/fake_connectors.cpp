#include "tests/unit/daemon/fake_connectors.hpp"

#include "config/option_table.hpp"

namespace hiveframe::daemon {
namespace {

using namespace config;

struct OrdersSettings {
  std::string host;
  std::string topic;
  bool watch = false;
  std::int64_t batch_size = 100;
};

const OptionTable<OrdersSettings>& orders_options() {
  static const OptionTable<OrdersSettings> table = [] {
    using S = OrdersSettings;
    OptionTable<S> t("orders source", "orders", "Reads orders");
    t.add("topic", &S::topic, text()).required().help("Which orders").example("eu");
    t.add("host", &S::host, text()).help("Where they are");
    t.add("watch", &S::watch, boolean()).help("Wait for more");
    t.add("batch_size", &S::batch_size, integer(1, 1000)).help("Orders at a time");
    t.uri({.schemes = {"orders"}, .host = "host", .path = "topic"}, "orders://host/topic");
    return t;
  }();
  return table;
}

struct PipeSettings {
  bool blocking = true;
};

const OptionTable<PipeSettings>& pipe_options() {
  static const OptionTable<PipeSettings> table = [] {
    OptionTable<PipeSettings> t("pipe source", "pipe", "Reads what comes once");
    t.add("blocking", &PipeSettings::blocking, boolean()).help("Wait for it");
    t.uri({.words = {"pipe"}});
    return t;
  }();
  return table;
}

struct TableSettings {
  std::string host;
  std::string table;
  std::string user;
  Secret password;
};

const OptionTable<TableSettings>& table_options() {
  static const OptionTable<TableSettings> table = [] {
    using S = TableSettings;
    OptionTable<S> t("table sink", "table", "Writes rows");
    t.add("table", &S::table, text()).required().help("Which table").example("orders");
    t.add("host", &S::host, text()).help("Which server");
    t.add("user", &S::user, text()).help("Who");
    t.add("password", &S::password, secret()).help("For the server");
    t.uri({.schemes = {"table"}, .user = "user", .password = "password", .host = "host", .path = "table"},
          "table://host/orders");
    return t;
  }();
  return table;
}

struct PageSettings {
  std::string url;
  std::int64_t timeout_ms = 30000;
};

const OptionTable<PageSettings>& page_options() {
  static const OptionTable<PageSettings> table = [] {
    using S = PageSettings;
    OptionTable<S> t("page sink", "page", "Sends pages");
    t.add("url", &S::url, text()).required().help("To where").example("https://example.com/orders");
    t.add("timeout_ms", &S::timeout_ms, integer(1)).help("Longest wait for an answer");
    t.uri({.schemes = {"https"}, .whole = "url"}, "https://host/path");
    return t;
  }();
  return table;
}

template <typename T>
pipeline::SourceKind source(const OptionTable<T>& table, bool replayable) {
  return {&table.info(),
          [&table](const GivenOptions& given, Reader& reader) -> std::optional<pipeline::ConfiguredSource> {
            if (!table.read(given, reader)) return std::nullopt;
            return pipeline::ConfiguredSource{[] { return std::unique_ptr<pipeline::Source>(); }, {}};
          },
          replayable};
}

template <typename T>
pipeline::SinkKind sink(const OptionTable<T>& table, const std::string& not_transactional) {
  return {&table.info(),
          [&table](const GivenOptions& given, Reader& reader) -> std::optional<pipeline::ConfiguredSink> {
            if (!table.read(given, reader)) return std::nullopt;
            return pipeline::ConfiguredSink{[] { return std::unique_ptr<pipeline::Sink>(); }, {}};
          },
          not_transactional, "", !not_transactional.empty()};
}

}  // namespace

pipeline::ConnectorRegistry fake_connectors() {
  return {{source(orders_options(), true), source(pipe_options(), false)},
          {sink(table_options(), ""), sink(page_options(), "a page cannot take part in a commit")}};
}

}  // namespace hiveframe::daemon
