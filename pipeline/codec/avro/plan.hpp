#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/codec/avro/schema.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::codec::avro {

/// What to read at one place of a datum, and what becomes of it.
struct Node {
  enum class Read : std::uint8_t {
    null,
    boolean,
    integer,  ///< int or long
    float32,
    float64,
    text,    ///< a length and so many octets: bytes or string
    fixed,   ///< so many octets
    symbol,  ///< of an enumeration
    list,
    map,
    record,
    alternatives,
    impossible,  ///< the writer's type is nothing that the reader's could be made of
  };
  enum class Give : std::uint8_t {
    itself,
    float32,  ///< an integer as a float or double
    float64,
    string,  ///< octets as text, or as octets
    bytes,
    decimal,
    date,
    time_of_day,
    timestamp,
    uuid,
  };
  /// A field of the writer's record.
  struct Step {
    const Node* node = nullptr;
    std::uint32_t into = 0;  ///< which of the reader's; `skipped`: none
    std::string_view name;   ///< as the writer calls it
  };
  static constexpr std::uint32_t skipped = UINT32_MAX;

  Read read = Read::null;
  Give give = Give::itself;
  bool is_int = false;           ///< of an integer: of 32 bits
  bool local = false;            ///< of a timestamp
  std::uint32_t size = 0;        ///< of fixed
  std::uint32_t scale = 0;       ///< of a decimal
  std::uint32_t per_second = 0;  ///< units of a time or timestamp
  std::size_t least = 0;         ///< no datum of it is shorter, in bytes
  const Node* element = nullptr;
  std::vector<Step> steps = {};
  std::vector<record::Member> form = {};  ///< the reader's fields, with the values of those that are not read
  std::vector<const Node*> branches = {};
  std::vector<record::Value> symbols = {};          ///< what each of the writer's becomes; null: nothing
  std::vector<std::string_view> symbol_names = {};  ///< the writer's
  std::string problem = {};  ///< of what is impossible, or of a symbol that has no counterpart
};

/// How data of a writer's schema are read as a reader's: the specification's "Schema resolution", done once.
/// Immutable; any thread may read it. What it gives points into it, and it keeps both schemas.
///
/// - A union of the reader takes the first branch of the same type and name, else the first that it can
/// become.
/// - Two decimals must have the same precision and scale. A time or timestamp in other units is the same
/// moment;
///   one that is a moment for one side and a local time for the other is a mismatch.
/// - Aliases are the reader's. Names match without their namespaces.
/// - A mismatch is the error of the data that come to it: a union's other branches can still be read.
class Plan {
 public:
  /// `reader` may be the writer's own. Null: `problem` says why not.
  static std::shared_ptr<const Plan> make(std::shared_ptr<const Schema> writer,
                                          std::shared_ptr<const Schema> reader, std::string& problem);

  [[nodiscard]] const Node& root() const noexcept { return *root_; }
  [[nodiscard]] const Schema& writer() const noexcept { return *writer_; }

 private:
  friend class PlanBuilder;

  std::shared_ptr<const Schema> writer_;
  std::shared_ptr<const Schema> reader_;
  std::deque<Node> nodes_;
  record::Arena arena_;  // of defaults
  const Node* root_ = nullptr;
};

}  // namespace hiveframe::codec::avro
