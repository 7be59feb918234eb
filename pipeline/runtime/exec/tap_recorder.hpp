#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "pipeline/codec/encoder.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/draft.hpp"
#include "pipeline/runtime/exec/tap.hpp"
#include "pipeline/transform.hpp"

namespace hiveframe::runtime {

/// Notes what becomes of one record at a time, as JSON, and shows it on a tap. Owned by a worker, used by one
/// thread. What it makes of a record stands in memory of its own.
class TapRecorder {
 public:
  explicit TapRecorder(std::shared_ptr<Tap> tap);

  /// As it was read and, unless that failed, decoded.
  void begin(record::Draft& draft, bool decoded);
  /// Of one that is split, split() follows, and part() with the first part if there is one.
  void after(std::string_view stage, pipeline::Verdict verdict, record::Draft& draft);
  void split(std::size_t parts) { sample_.steps.back().parts = parts; }
  void part(record::Draft& first);
  void taken_by(std::string_view sink) { sample_.sinks.emplace_back(sink); }
  /// It was found bad by this stage, and is shown.
  void failed(std::string_view stage, std::string_view error);
  /// It has come to its end otherwise, and is shown.
  void end(TapSample::Fate fate);

 private:
  TapSample::Shown look(record::Draft& draft);

  const std::shared_ptr<Tap> tap_;
  const std::unique_ptr<codec::Encoder> encoder_;
  record::Arena arena_{16 * 1024};
  TapSample sample_;
  TapSample::Shown last_;
};

}  // namespace hiveframe::runtime
