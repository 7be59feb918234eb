#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/codec/avro/default_octets.hpp"
#include "pipeline/codec/avro/schema.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::codec::avro {

/// Reads the JSON texts of schemas into types; what one text names the next ones know. Lives for one
/// Schema::parse().
class SchemaReader {
 public:
  explicit SchemaReader(Schema& schema) noexcept : schema_(schema) {}

  /// The type that the text says; null: `problem` says why there is none.
  const Type* read(std::string_view text, std::string& problem);

 private:
  struct Wrong {
    std::string problem;
  };

  // `space`: the namespace that holds there. These throw Wrong.
  const Type* type_of(const record::Value& json, std::string_view space, std::size_t depth);
  const Type* of_name(std::string_view name, std::string_view space);
  const Type* of_object(const record::Value& json, std::string_view space, std::size_t depth);
  const Type* alternatives(const record::Value& json, std::string_view space, std::size_t depth);
  const Type* record(const record::Value& json, std::string_view space, std::size_t depth);
  const Type* enumeration(const record::Value& json, std::string_view space);
  const Type* fixed(const record::Value& json, std::string_view space);
  void add_field(Type& record, const record::Value& json, std::string_view space, std::size_t depth);
  Type& add(Kind kind);
  Type& add_named(Kind kind, const record::Value& json, std::string_view space);

  Schema& schema_;
  std::map<std::string, Type*, std::less<>> names_;
  Defaults defaults_;  // of the text being read
};

/// Gives the type the logical type that its definition says, if that makes sense.
void set_logical(Type& type, const record::Value& json);

}  // namespace hiveframe::codec::avro
