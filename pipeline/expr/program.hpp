#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "config/text.hpp"
#include "pipeline/expr/json_reader.hpp"
#include "pipeline/expr/limits.hpp"
#include "pipeline/expr/mention.hpp"
#include "pipeline/expr/pattern_cache.hpp"
#include "pipeline/expr/problem.hpp"
#include "pipeline/expr/random_bits.hpp"
#include "pipeline/expr/type.hpp"
#include "pipeline/record/draft.hpp"

namespace hiveframe::expr {

struct Code;

/// What an expression sees beside the record, and what evaluations keep from one record to the next. Owned by
/// whoever evaluates; one thread at a time. Of a copy, what is kept begins empty.
struct Inputs {
  // Objects that outlive the evaluation; nullptr is an empty one.
  const record::Value* env = nullptr;
  const record::Value* state = nullptr;
  // Bytes of text, lists and maps that one evaluation may make.
  std::size_t max_new_bytes = expr::max_new_bytes;
  // Becomes true when nobody waits for the result any more: a long evaluation then soon fails, and what it
  // says of the record is not true. nullptr: that never happens.
  const std::atomic<bool>* interrupted = nullptr;
  mutable PatternCache patterns = {};
  mutable JsonReader json = {};
  mutable RandomBits random = {};
};

/// A compiled expression of CEL (https://github.com/google/cel-spec, doc/langdef.md), over `record`, `key`,
/// `meta`, `state`, `env` and `now`. Immutable: one Program serves all threads; copies share the code.
///
/// Where it differs from CEL, because data does not keep CEL's types apart:
///  - an absent field of record, key or meta is null, also below an absent one; has() tells absent from
///    null, and also takes has(record['a b']). Selecting from a map that the expression made is CEL's:
///    no such key is an error; likewise for env and state.
///  - numbers of all types compare as the numbers they are: 9223372036854775807 is less than
///    9223372036854775808.0, which CEL leaves open.
///  - arithmetic of int or uint with double gives double. Decimals (numbers that fit no 64-bit integer and
///    no double) compare exactly with everything; + - * among decimals and integers is exact; / and
///    anything with a double gives double.
///  - integers of a record are int when they fit, else uint; both may meet in arithmetic, and the result
///    must fit one of them. Mixing a written int with a written uint is an error as in CEL; so is a result
///    below 0 where an operand is known to be uint.
///  - keys of a map that an expression makes may be integers and bools, too; in what it gives they are
///  strings,
///    as JSON has them. A type is its name: type(1) == int, and type(1) prints `int`.
///  - a local timestamp or a date (from Avro, Parquet, PostgreSQL) compares with its own kind only.
///
/// Its functions are those of CEL's standard library, of its extensions `strings` and `math`, and of our own
/// for JSON, digests, identifiers and times in any form (library.hpp). math.ceil(), floor(), round() and
/// trunc() leave whole numbers as they are; format() rounds decimals exactly, and refuses values it has no
/// clause for.
///
/// Bounds: the text is at most 64 KiB, nests at most 200 deep; the macros of one evaluation look at at most
/// 10,000,000 items, less if they do much with each: items that `in` and `==` look at, members on the way to
/// another and bytes of text count as well (limits.hpp). It makes at most 256 MiB of new values, and a list
/// or map it makes is at most that large with all that is in it. Beyond that it fails for that record.
class Program {
 public:
  /// Nothing if there were problems, which are then added.
  static std::optional<Program> compile(const config::LocatedText& text, std::vector<Problem>& problems);

  /// The value for one record; false: it has none, `failure` says why. Parts of `result` stand in
  /// draft.arena(), in the record, in the Inputs, or in this Program, which therefore outlives the batch.
  bool evaluate(record::Draft& draft, const Inputs& inputs, record::Value& result, Failure& failure) const;

  /// The same where a condition is wanted: anything but true or false, null too, is a failure.
  bool test(record::Draft& draft, const Inputs& inputs, bool& result, Failure& failure) const;

  /// What the value will be, as far as that is known.
  [[nodiscard]] Type type() const noexcept;
  /// The value if it is the same for every record, else nullptr. Lives as long as the Program.
  [[nodiscard]] const record::Value* constant() const noexcept;
  [[nodiscard]] const config::LocatedText& text() const noexcept;
  /// Every place where it reads a variable.
  [[nodiscard]] std::span<const Mention> mentions() const noexcept;

 private:
  explicit Program(std::shared_ptr<const Code> code) noexcept : code_(std::move(code)) {}

  std::shared_ptr<const Code> code_;
};

}  // namespace hiveframe::expr
