#include "daemon/manager/pipeline_options.hpp"

#include <algorithm>

#include "config/did_you_mean.hpp"
#include "config/option_table.hpp"
#include "daemon/manager/connector_choice.hpp"
#include "daemon/manager/delivery_check.hpp"
#include "daemon/manager/flow_sections.hpp"
#include "daemon/manager/on_error_option.hpp"
#include "daemon/manager/pipeline_name.hpp"
#include "daemon/manager/sink_keys.hpp"
#include "daemon/manager/tests_option.hpp"
#include "daemon/manager/transforms_option.hpp"

namespace hiveframe::daemon {
namespace {

using namespace config;

OptionTable<PipelineSettings> table(const pipeline::ConnectorRegistry& connectors) {
  using S = PipelineSettings;
  OptionTable<S> t("pipeline", "pipeline",
                   "Reads records from a source, transforms them, writes them to sinks");
  t.add("name", &S::name, name_type())
      .default_note("the file's name without its extension")
      .help("Its name in logs, metrics and stored positions")
      .example("orders");
  t.add("source", &S::source,
        custom<ChosenSource>(
            TypeInfo::connector_of("source"),
            [&connectors](const Node& node, Reader& reader) -> std::optional<ChosenSource> {
              if (!node.is_list()) return read_source(node, connectors, reader);
              reader.error(
                  node.span(), "'source' is one source, not a list",
                  "write a pipeline for each, with '---' between them, or one path for several files, "
                  "like /data/*.ndjson");
              return std::nullopt;
            }))
      .required()
      .help("Where records come from: a URI, a path, or a map with 'type' or 'uri' and options")
      .example("/var/log/orders/*.ndjson");
  t.add("transforms", &S::transforms, transforms_type())
      .help("Steps that each record goes through, in order")
      .example("[{filter: record.status == 'paid'}, {drop: [note]}]");
  const auto sink = custom<ChosenSink>(
      TypeInfo::connector_of("sink"),
      [&connectors](const Node& node, Reader& reader) { return read_sink(node, connectors, reader); });
  auto only_sink = sink;
  only_sink.read = [read = sink.read](const Node& node, Reader& reader) -> std::optional<ChosenSink> {
    if (!node.is_list()) return read(node, reader);
    reader.error(node.span(), "'sink' is one sink, not a list", "several of them stand in 'sinks'");
    return std::nullopt;
  };
  t.add("sink", &S::sink, std::move(only_sink))
      .help("Where records go: a URI, a path, or a map with 'type' or 'uri' and options")
      .example("/srv/orders/paid.ndjson");
  auto sinks = list(sink);
  sinks.info.wanted = "a list of sinks";
  t.add("sinks", &S::sinks, std::move(sinks))
      .help(
          "Several sinks in place of 'sink'; a record is done when every sink that took it has it; one that "
          "is added later gets only what is read from then on")
      .example("[{uri: /srv/eu.ndjson, when: record.region == 'EU'}, stdout]");
  t.add("delivery", &S::delivery,
        choice<runtime::Delivery>({{"at_least_once", runtime::Delivery::at_least_once},
                                   {"at_most_once", runtime::Delivery::at_most_once},
                                   {"exactly_once", runtime::Delivery::exactly_once}}))
      .help("What is promised across crashes: repeats but no loss, loss but no repeats, or neither");
  t.add("on_error", &S::on_error, on_error_type(connectors))
      .default_note("stop")
      .help("What becomes of a bad record: stop, drop, or {dead_letter: <sink>}")
      .example("{dead_letter: /var/lib/hiveframed/dlq/orders.ndjson}");
  t.add("retry", &S::retry, retry_type())
      .help("How to wait while the world is down")
      .example("{max_elapsed: 1h}");
  t.add("circuit_breaker", &S::circuit_breaker, circuit_breaker_type())
      .help("When to leave a failing sink alone for a while")
      .example("{failure_threshold: 10}");
  t.add("batch", &S::batch, batch_type())
      .help("How much a sink is given at a time, unless its own 'batch_size' says otherwise")
      .example("{records: 1000, linger_ms: 100}");
  t.add("max_record_bytes", &S::max_record_bytes, size(1, 1 << 30))
      .help("A longer record is skipped while reading and treated as bad");
  t.add("parallelism", &S::parallelism, integer(1, 1024))
      .default_note("as many as there are threads")
      .help("Batches transformed at the same time")
      .example("2");
  t.add("ordered", &S::ordered, boolean())
      .help(
          "Keep the order of records within a file, partition or range; false lets a sink that can take "
          "several writes of it at the same time");
  t.add("restart", &S::restart,
        choice<Restart>({{"on_failure", Restart::on_failure}, {"never", Restart::never}}))
      .help("Under 'serve', start it again when it has failed, after a second and then longer and longer");
  t.add("tests", &S::tests, tests_type())
      .help("What it makes of some records; 'hiveframed test' runs them, see 'explain tests'")
      .example("[{name: open orders stay out, input: [{status: open}], filtered: 1}]");
  return t;
}

Span key_span(const Node& map, std::string_view key) {
  for (const Entry& entry : map.entries()) {
    if (entry.key.view() == key) return entry.key.span();
  }
  return map.span();
}

void report_no_map(const Node& document, Reader& reader) {
  reader.error(document.span(), "a pipeline is a map with 'source' and 'sink', not " + document.describe(),
               document.is_list()
                   ? "leave out the '- '; several pipelines stand in one file with '---' between them"
                   : "write source: ..., and on the next line sink: ...");
}

// Whether one of its keys is a misspelled 'sink', which was said.
bool has_misspelled_sink(const Node& document, const TableInfo& table) {
  const std::vector<std::string> names = table.option_names();
  return std::any_of(document.entries().begin(), document.entries().end(), [&](const Entry& entry) {
    if (table.find(entry.key.view())) return false;
    const std::string meant = nearest(entry.key.view(), names);
    return meant == "sink" || meant == "sinks";
  });
}

// What the document needs as a whole; seen also when parts of it are wrong.
void check_sinks(const Node& document, const TableInfo& table, Reader& reader) {
  const Node* sink = document.find("sink");
  const Node* sinks = document.find("sinks");
  if (!sink && !sinks) {
    if (has_misspelled_sink(document, table)) return;
    reader.error({document.span().file, document.span().begin, document.span().begin},
                 "the pipeline has no sink", "add 'sink: ...', or 'sinks: [...]' for several");
  } else if (sink && sinks) {
    reader.error(key_span(document, "sinks"), "'sinks' cannot be given together with 'sink'",
                 "put all of them into 'sinks'");
  } else if (sinks && sinks->is_list() && sinks->items().empty()) {
    reader.error(sinks->span(), "'sinks' is empty", "a pipeline needs at least one sink");
  }
}

}  // namespace

struct PipelineOptions::Tables {
  const pipeline::ConnectorRegistry& connectors;
  OptionTable<PipelineSettings> pipeline;
};

PipelineOptions::PipelineOptions(const pipeline::ConnectorRegistry& connectors)
    : tables_(new Tables{connectors, table(connectors)}) {}

PipelineOptions::~PipelineOptions() = default;

std::optional<PipelineSettings> PipelineOptions::read(const Node& document, Reader& reader) const {
  if (!document.is_map()) {
    report_no_map(document, reader);
    return std::nullopt;
  }
  const std::size_t reports = reader.diagnostics().reports();
  const Node* source = document.find("source");
  const pipeline::SourceKind* kind =
      source ? source_kind_of(*source, tables_->connectors, reader.environment()) : nullptr;
  reader.set_members("meta", kind ? kind->meta : std::nullopt);
  std::optional<PipelineSettings> settings = tables_->pipeline.read(document, reader);
  check_sinks(document, tables_->pipeline.info(), reader);
  check_delivery(document, tables_->connectors, reader);
  if (settings) check_losses(document, *settings, reader);
  if (reader.diagnostics().reports() != reports) return std::nullopt;
  return settings;
}

const pipeline::ConnectorRegistry& PipelineOptions::connectors() const { return tables_->connectors; }
const TableInfo& PipelineOptions::info() const { return tables_->pipeline.info(); }
const TableInfo& PipelineOptions::sink_info() const { return sink_keys(); }

}  // namespace hiveframe::daemon
