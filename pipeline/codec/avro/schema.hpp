#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hiveframe::codec::avro {

// Schemas of Apache Avro (specification 1.12.0, which reads those of 1.11 the same).
//
// The codec is our own. Of the libraries there are, avro-c 1.11 has neither logical types, nor aliases, nor
// defaults of fields, and each record becomes a value on the heap, a list as long as its bytes claim. The
// binary form is small, and reading it into an arena, within bounds, is what the daemon does all day.

/// The types of the specification by what is written; `int` and `float` have their widths in the name.
enum class Kind : std::uint8_t {
  null,
  boolean,
  int32,
  int64,
  float32,
  float64,
  bytes,
  string,
  record,
  enumeration,
  array,
  map,
  alternatives,  ///< a union
  fixed,
};

/// Logical types that mean something here; others, and wrong ones, are as if they were not there.
enum class Logical : std::uint8_t {
  none,
  decimal,
  date,
  time_millis,
  time_micros,
  timestamp_millis,
  timestamp_micros,
  timestamp_nanos,
  local_timestamp_millis,
  local_timestamp_micros,
  local_timestamp_nanos,
  uuid,
};

struct Type;

struct Field {
  std::string name;
  std::vector<std::string> aliases;
  const Type* type = nullptr;
  /// The default's datum, of `type`.
  std::optional<std::string> default_octets = {};
  /// Why it has one that cannot be used; who never needs it never asks.
  std::string default_problem = {};
};

struct Type {
  Kind kind = Kind::null;
  Logical logical = Logical::none;
  std::uint32_t size = 0;       ///< of fixed, in bytes
  std::uint32_t precision = 0;  ///< of a decimal
  std::uint32_t scale = 0;
  std::string name = {};                  ///< with its namespace; of a record, an enumeration, fixed
  std::vector<std::string> aliases = {};  ///< with their namespaces
  std::vector<Field> fields = {};
  std::vector<std::string> symbols = {};
  std::optional<std::uint32_t> default_symbol = {};
  const Type* element = nullptr;           ///< of an array, a map
  std::vector<const Type*> branches = {};  ///< of a union

  /// The name without its namespace.
  [[nodiscard]] std::string_view short_name() const noexcept;
  /// As messages say it: `record shop.Order`, `int (date)`, `union [null, string]`.
  [[nodiscard]] std::string described() const;
};

/// A schema that was read and found sound. Immutable; any thread may read it.
class Schema {
 public:
  /// How deep types may stand in each other, and how long a text is read.
  static constexpr std::size_t max_nesting = 64;
  static constexpr std::size_t max_text = std::size_t{4} * 1024 * 1024;

  /// `referenced`: the texts of schemas whose names it uses, each behind those that it uses itself. Null: it
  /// is none, and `problem` says why, as a clause.
  static std::shared_ptr<const Schema> parse(std::string_view text, std::string& problem,
                                             std::span<const std::string> referenced = {});

  [[nodiscard]] const Type& root() const noexcept { return *root_; }

 private:
  friend class SchemaReader;

  std::deque<Type> types_;
  const Type* root_ = nullptr;
};

/// The name of a kind as the specification has it.
std::string_view name(Kind kind) noexcept;
/// The name of a logical type; empty for none.
std::string_view name(Logical logical) noexcept;

/// Of a time or timestamp: units in a second; 0: it is neither.
[[nodiscard]] std::uint32_t units_per_second(Logical logical) noexcept;
[[nodiscard]] bool is_timestamp(Logical logical) noexcept;
[[nodiscard]] bool is_local_timestamp(Logical logical) noexcept;
[[nodiscard]] bool is_time_of_day(Logical logical) noexcept;

}  // namespace hiveframe::codec::avro
