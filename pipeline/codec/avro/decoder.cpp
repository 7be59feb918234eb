#include "pipeline/codec/avro/decoder.hpp"

#include "pipeline/codec/avro/wire_format.hpp"

namespace hiveframe::codec::avro {

using record::DataError;

const Plan* plan_for(const BatchSchemas* schemas, std::string_view bytes, std::string_view& octets,
                     DataError& error) {
  const std::optional<std::uint32_t> id = schema_id_of(bytes);
  if (!id) {
    error = {
        DataError::Type::syntax,
        "it is no Avro in the wire format of schema registries, which begins with a zero and the four bytes "
        "of a schema's id; whatever wrote it, another deserializer reads it"};
    return nullptr;
  }
  const BatchSchemas::Found* const found = schemas != nullptr ? schemas->find(*id) : nullptr;
  if (found == nullptr || !found->plan) {
    error = {DataError::Type::value, "schema " + std::to_string(*id) + ", which it was written with, " +
                                         (found != nullptr ? found->problem : "was not asked for")};
    return nullptr;
  }
  octets = bytes.substr(header_bytes);
  return found->plan.get();
}

bool AvroDecoder::decode(record::Draft& draft, DataError& error) {
  const auto* const schemas = static_cast<const BatchSchemas*>(draft.storage().schemas.get());
  std::string_view octets;
  const Plan* const plan = plan_for(schemas, draft.record().original, octets, error);
  if (plan == nullptr || !datum_.check(plan->root(), octets, error)) return false;
  draft.decoded_by(this);
  return true;
}

}  // namespace hiveframe::codec::avro
