#include "connectors/kafka/output_schema_lookup.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "pipeline/errors.hpp"

namespace hiveframe::connectors::kafka {

using Known = codec::avro::OutputSchema::Known;

namespace {

Known latest_of(RegistryClient& registry, const std::string& subject, const std::string& option) {
  const std::string tried = "read the latest schema of '" + subject + "' from";
  const std::optional<RegisteredSchema> found = registry.latest(subject);
  if (!found) {
    throw pipeline::Fatal(
        {tried, registry.server(), "there is no such subject",
         "register a schema under it, or set '" + option + "' to one that the sink then registers"});
  }
  const auto wrong = [&](const std::string& answer) {
    return pipeline::Fatal({tried, registry.server(), answer, "register one, or set '" + option + "'"});
  };
  if (found->type != "AVRO") throw wrong("it is of the type " + found->type + ", not AVRO");
  const std::vector<std::string> referenced = registry.referenced_by(*found);
  std::string problem;
  std::shared_ptr<const codec::avro::Schema> schema =
      codec::avro::Schema::parse(found->text, problem, referenced);
  if (!schema) throw wrong("it is no Avro schema: " + problem);
  if (found->id == 0) throw wrong("the answer has no id");
  return {std::move(schema), found->id};
}

}  // namespace

Known look_up_output_schema(RegistryClient& registry, const std::string& subject, const GivenSchema& given,
                            bool registers, const std::string& option) {
  if (!given.schema) return latest_of(registry, subject, option);
  const std::optional<RegisteredSchema> there =
      registers ? registry.add(subject, given.text) : registry.find(subject, given.text);
  if (!there || there->id == 0) {
    throw pipeline::Fatal({"find the schema under '" + subject + "' in", registry.server(),
                           there ? "the answer has no id" : "it is not there",
                           "register it, or set 'auto_register: true'"});
  }
  return {given.schema, there->id};
}

}  // namespace hiveframe::connectors::kafka
