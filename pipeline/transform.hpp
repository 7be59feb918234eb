#pragma once

#include <cstddef>
#include <optional>

#include "pipeline/expr/program.hpp"
#include "pipeline/record/data_error.hpp"
#include "pipeline/record/draft.hpp"

namespace hiveframe::pipeline {

/// What becomes of a record after a transform.
enum class Verdict {
  keep,    ///< it goes on, changed or not
  drop,    ///< it is done: filtered
  reject,  ///< it is bad for this step; goes to on_error, as it came in
  split,   ///< several records go on in its place, see TransformContext::parts
};

/// What a transform sees beside the record. Owned by the worker.
struct TransformContext {
  expr::Inputs inputs;
  /// With Verdict::split: how many records go on, which part() makes one by one.
  std::size_t parts = 0;
};

/// One step of a chain. Made once from its settings, then const and shared by all workers, which call
/// apply() at the same time and on records in any order: it keeps nothing between records. (A step that
/// needs its lane's records in order and a memory is another interface, behind the sequencer.)
class Transform {
 public:
  virtual ~Transform() = default;

  /// Looks at one record and may replace its value; a step that changes nothing leaves the draft alone, so
  /// that the record's bytes can pass as they came. New parts go to draft.arena(), or live in this
  /// transform. With `reject`, `error` says why, and the draft is as it was.
  virtual Verdict apply(record::Draft& draft, TransformContext& context, record::DataError& error) const = 0;

  /// Whether apply() may say `split`.
  [[nodiscard]] virtual bool splits() const noexcept { return false; }
  /// Makes the value of the `number`-th (from 0) record that goes on in the place of one whose value is
  /// `whole`, and for which apply() said `split`. It stands in `whole`, in `arena`, or in this transform;
  /// what stands in `arena` is gone when the next one is made. False: `error` says why not, and the record is
  /// bad as a whole, for either all of its parts go on or none.
  virtual bool part(const record::Value& whole, std::size_t number, record::Arena& arena, record::Value& made,
                    record::DataError& error) const;

  /// How many records a second may go on from here, of all lanes together; nothing: as many as come. The
  /// runtime waits where it costs nobody anything: apply() never does.
  [[nodiscard]] virtual std::optional<double> records_per_second() const noexcept { return std::nullopt; }
};

}  // namespace hiveframe::pipeline
