#pragma once

#include "pipeline/expr/program.hpp"
#include "pipeline/record/data_error.hpp"
#include "pipeline/record/draft.hpp"

namespace hiveframe::pipeline {

/// What becomes of a record after a transform.
enum class Verdict {
  keep,    ///< it goes on, changed or not
  drop,    ///< it is done: filtered
  reject,  ///< it is bad for this step; goes to on_error, as it came in
};

/// What a transform sees beside the record. Owned by the worker.
struct TransformContext {
  expr::Inputs inputs;
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
};

}  // namespace hiveframe::pipeline
