#include "daemon/manager/pipeline_options.hpp"

#include <algorithm>

#include "config/option_table.hpp"
#include "daemon/manager/connector_choice.hpp"
#include "daemon/manager/delivery_check.hpp"
#include "pipeline/transform/registry.hpp"

namespace hiveframe::daemon {
namespace {

using namespace config;
using namespace std::chrono_literals;

constexpr std::size_t longest_name = 64;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

OptionType<LocatedText> name_type() {
  return parsed<LocatedText>(TypeInfo::text_like("a name"),
                             [](const LocatedText& text, Reader& reader) -> std::optional<LocatedText> {
                               const std::string problem = name_problem(text.view());
                               if (problem.empty()) return text;
                               reader.error(text.span(),
                                            text.quoted() + " cannot name a pipeline: " + problem,
                                            "for example orders, orders-eu.2 or ORDERS_EU");
                               return std::nullopt;
                             });
}

// The type of an item of `transforms:`: a map of one of the transforms there are.
std::shared_ptr<const TableInfo> transform_info() {
  auto info = std::make_shared<TableInfo>();
  info->name = "transform";
  info->summary = "One step of the way from source to sinks; each item of the list has one key";
  for (const transform::TransformKind& kind : transform::transforms()) {
    OptionInfo option;
    option.name = kind.table->keyword;
    option.help_text = kind.table->summary;
    option.type = TypeInfo::of(TypeInfo::Kind::table);
    option.type.table = std::shared_ptr<const TableInfo>(kind.table, [](const TableInfo*) {});  // lives on
    info->options.push_back(std::move(option));
  }
  return info;
}

OptionType<std::vector<runtime::StageSpec>> transforms_type() {
  TypeInfo item = TypeInfo::of(TypeInfo::Kind::table);
  item.wanted = "a transform";
  item.table = transform_info();
  TypeInfo list = TypeInfo::of(TypeInfo::Kind::list);
  list.wanted = "a list of transforms";
  list.element = std::make_shared<const TypeInfo>(std::move(item));
  return custom<std::vector<runtime::StageSpec>>(
      std::move(list),
      [](const Node& node, Reader& reader) -> std::optional<std::vector<runtime::StageSpec>> {
        auto steps = transform::read_transforms(node, reader);
        if (!steps) return std::nullopt;
        std::vector<runtime::StageSpec> stages;
        for (transform::Step& step : *steps) {
          stages.push_back({"transforms[" + std::to_string(stages.size()) + "] " + std::string(step.name),
                            std::move(step.transform)});
        }
        return stages;
      });
}

OptionTable<OnErrorSettings> on_error_options(const pipeline::ConnectorRegistry& connectors) {
  OptionTable<OnErrorSettings> t("on_error section", "", "What becomes of a record that is bad");
  t.add("action", &OnErrorSettings::action,
        choice<runtime::OnError>({{"stop", runtime::OnError::stop}, {"drop", runtime::OnError::drop}}))
      .help("Stop the pipeline, or drop the record and count it");
  t.add("dead_letter", &OnErrorSettings::dead_letter,
        custom<ChosenSink>(TypeInfo::connector_of("sink"),
                           [&connectors](const Node& node, Reader& reader) {
                             return read_dead_letter(node, connectors, reader);
                           }))
      .help("A sink that gets the record as it came, with what was wrong with it")
      .example("/var/lib/hiveframed/dlq/orders.ndjson");
  t.compact("action");
  t.check([](OnErrorSettings& settings, const GivenOptions& given, Reader& reader) {
    if (given.options.empty())
      reader.error(given.whole, "'on_error' is an empty map", "write on_error: {dead_letter: <sink>}");
    if (!settings.dead_letter) return;
    if (given.has("action"))
      reader.error(given.name_span("action"), "'action' cannot be given together with 'dead_letter'",
                   "remove one of them");
    settings.action = runtime::OnError::dead_letter;
  });
  return t;
}

// The section's type, with a message that names all the forms.
OptionType<OnErrorSettings> on_error_type(const pipeline::ConnectorRegistry& connectors) {
  OptionType<OnErrorSettings> type = section(on_error_options(connectors));
  type.read = [read = std::move(type.read)](const Node& node,
                                            Reader& reader) -> std::optional<OnErrorSettings> {
    if (node.is_map()) return read(node, reader);
    TypeInfo wanted = TypeInfo::text_like("stop, drop, or a map with 'dead_letter'");
    const std::optional<LocatedText> text = reader.text(node, wanted);
    if (!text) return std::nullopt;
    OnErrorSettings settings;
    if (text->view() == "drop") {
      settings.action = runtime::OnError::drop;
    } else if (text->view() == "dead_letter") {
      reader.error(text->span(), "a dead letter needs a sink",
                   "write it as a map: on_error: {dead_letter: <sink>}");
      return std::nullopt;
    } else if (text->view() != "stop") {
      reader.error(text->span(), "expected " + wanted.wanted + ", found " + text->quoted());
      return std::nullopt;
    }
    return settings;
  };
  return type;
}

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
  t.check([](S& s, const GivenOptions& given, Reader& reader) {
    if (s.max_delay >= s.base_delay) return;
    reader.error(given.span(given.has("max_delay_ms") ? "max_delay_ms" : "base_delay_ms"),
                 "'max_delay_ms' (" + std::to_string(s.max_delay.count()) +
                     ") is less than 'base_delay_ms' (" + std::to_string(s.base_delay.count()) + ")",
                 "no wait could be as long as the first one");
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
  t.add("linger_ms", &S::linger, millis(0ms, 3'600'000ms)).help("Longest wait for a batch to fill up");
  return t;
}

OptionTable<PipelineSettings> table(const pipeline::ConnectorRegistry& connectors) {
  using S = PipelineSettings;
  OptionTable<S> t("pipeline", "pipeline",
                   "Reads records from a source, transforms them, writes them to sinks");
  t.add("name", &S::name, name_type())
      .default_note("the file's name without its extension")
      .help("Its name in logs, metrics and stored positions")
      .example("orders");
  t.add("source", &S::source,
        custom<ChosenSource>(TypeInfo::connector_of("source"),
                             [&connectors](const Node& node, Reader& reader) {
                               return read_source(node, connectors, reader);
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
      .help("Several sinks in place of 'sink'; a record is done when every sink that took it has it")
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
  t.add("retry", &S::retry, section(retry_options()))
      .help("How to wait while the world is down")
      .example("{max_elapsed: 1h}");
  t.add("circuit_breaker", &S::circuit_breaker, section(breaker_options()))
      .help("When to leave a failing sink alone for a while")
      .example("{failure_threshold: 10}");
  t.add("batch", &S::batch, section(batch_options()))
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
  return t;
}

Span key_span(const Node& map, std::string_view key) {
  for (const Entry& entry : map.entries()) {
    if (entry.key.view() == key) return entry.key.span();
  }
  return map.span();
}

// What the document needs as a whole; seen also when parts of it are wrong.
void check_sinks(const Node& document, Reader& reader) {
  const Node* sink = document.find("sink");
  const Node* sinks = document.find("sinks");
  if (!sink && !sinks) {
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

std::string name_problem(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name.size() > longest_name) return "it is longer than " + std::to_string(longest_name) + " characters";
  if (!is_letter_or_digit(name.front())) return "it must begin with a letter or digit";
  const bool sound = std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
  });
  return sound ? "" : "only the letters a to z and A to Z, digits, '-', '_' and '.' are allowed";
}

struct PipelineOptions::Tables {
  const pipeline::ConnectorRegistry& connectors;
  OptionTable<PipelineSettings> pipeline;
};

PipelineOptions::PipelineOptions(const pipeline::ConnectorRegistry& connectors)
    : tables_(new Tables{connectors, table(connectors)}) {}

PipelineOptions::~PipelineOptions() = default;

std::optional<PipelineSettings> PipelineOptions::read(const Node& document, Reader& reader) const {
  const std::size_t reports = reader.diagnostics().reports();
  std::optional<PipelineSettings> settings = tables_->pipeline.read(document, reader);
  if (document.is_map()) {
    check_sinks(document, reader);
    check_delivery(document, tables_->connectors, reader);
  }
  if (reader.diagnostics().reports() != reports) return std::nullopt;
  return settings;
}

const TableInfo& PipelineOptions::info() const { return tables_->pipeline.info(); }
const TableInfo& PipelineOptions::sink_info() const { return sink_keys(); }

}  // namespace hiveframe::daemon
