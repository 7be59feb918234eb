#include "pipeline/runtime/exec/tap_recorder.hpp"

#include <utility>

#include "pipeline/codec/format.hpp"

namespace hiveframe::runtime {
namespace {

constexpr std::size_t arena_kept = 256 * 1024;

TapSample::Fate fate_of(pipeline::Verdict verdict) {
  switch (verdict) {
    case pipeline::Verdict::keep:
    case pipeline::Verdict::split:
      return TapSample::Fate::kept;
    case pipeline::Verdict::drop:
      return TapSample::Fate::dropped;
    case pipeline::Verdict::reject:
      break;
  }
  return TapSample::Fate::rejected;
}

}  // namespace

TapRecorder::TapRecorder(std::shared_ptr<Tap> tap)
    : tap_(std::move(tap)), encoder_(codec::find_format("json")->encoder()) {}

void TapRecorder::begin(record::Draft& draft, bool decoded) {
  sample_ = {};
  sample_.read_at = draft.storage().read_at;
  sample_.before = decoded ? look(draft) : TapSample::Shown{{}, "it cannot be decoded"};
  last_ = sample_.before;
}

void TapRecorder::after(std::string_view stage, pipeline::Verdict verdict, record::Draft& draft) {
  TapSample::Step& step = sample_.steps.emplace_back();
  step.stage = stage;
  step.fate = fate_of(verdict);
  if (verdict != pipeline::Verdict::keep) return;
  step.after = look(draft);
  step.changed = step.after != last_;
  last_ = step.after;
}

void TapRecorder::part(record::Draft& first) {
  TapSample::Step& step = sample_.steps.back();
  step.after = last_ = look(first);
  step.changed = true;
}

void TapRecorder::failed(std::string_view stage, std::string_view error) {
  sample_.failed_stage = stage;
  sample_.error = error;
  end(TapSample::Fate::rejected);
}

void TapRecorder::end(TapSample::Fate fate) {
  sample_.fate = fate;
  tap_->show(std::exchange(sample_, {}));
  arena_.reset();
  arena_.trim(arena_kept);
}

TapSample::Shown TapRecorder::look(record::Draft& draft) {
  TapSample::Shown too_long{{}, "longer than 64 KiB"};
  // Before anything is made of it: that would take its time.
  if (draft.record().original.size() > Tap::longest) return too_long;
  std::string_view encoded;
  record::DataError error;
  if (!encoder_->encode(draft, arena_, encoded, error)) return {{}, error.message};
  if (encoded.size() > Tap::longest) return too_long;
  // The encoder leaves no end of line in it.
  return {std::string(encoded), {}};
}

}  // namespace hiveframe::runtime
