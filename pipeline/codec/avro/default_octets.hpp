#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "pipeline/codec/avro/schema.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::codec::avro {

/// Makes the datum of each default of a schema's fields from its JSON, when all types are known: a default
/// may lack fields that have one themselves. Lives as long as the JSON.
class Defaults {
 public:
  /// No default is larger: small texts can say huge ones.
  static constexpr std::size_t max_octets = std::size_t{1024} * 1024;
  /// Nor do those of a schema take more work: unions in unions can be tried in many ways.
  static constexpr std::size_t max_steps = 1'000'000;

  /// The field stays where it is.
  void add(Field& field, const record::Value& json) { waiting_.emplace(&field, Waiting{&json, false}); }
  /// Sets default_octets or default_problem of all that were added.
  void settle();
  void forget() noexcept {
    waiting_.clear();
    steps_ = 0;
  }

 private:
  struct Waiting {
    const record::Value* json;
    bool under_way;
  };

  void settle(const Field& field);
  // Appends the datum; false: problem_ says why not.
  bool write(const Type& type, const record::Value& json, std::string& out, std::size_t depth);
  bool write_record(const Type& type, const record::Value& json, std::string& out, std::size_t depth);
  bool write_elements(const Type& type, const record::Value& json, std::string& out, std::size_t depth);
  bool write_octets(const Type& type, const record::Value& json, std::string& out);
  bool write_number(const Type& type, const record::Value& json, std::string& out);
  bool wrong(const Type& type);
  bool too_large();

  std::map<const Field*, Waiting> waiting_;
  std::string problem_;
  std::size_t steps_ = 0;
};

}  // namespace hiveframe::codec::avro
