#include "daemon/manager/on_error_option.hpp"

#include "config/option_table.hpp"
#include "daemon/manager/connector_choice.hpp"

namespace hiveframe::daemon {

using namespace config;

namespace {

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
  t.check({}, [](OnErrorSettings& settings, const GivenOptions& given, Reader& reader) {
    if (given.options.empty())
      reader.error(given.whole, "'on_error' is an empty map", "write on_error: {dead_letter: <sink>}");
    if (!given.has("dead_letter")) return;
    if (given.has("action"))
      reader.error(given.name_span("action"), "'action' cannot be given together with 'dead_letter'",
                   "remove one of them");
    settings.action = runtime::OnError::dead_letter;
  });
  return t;
}

}  // namespace

// The section's own type with a message that names all the forms.
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

}  // namespace hiveframe::daemon
