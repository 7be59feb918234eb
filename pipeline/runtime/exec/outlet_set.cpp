#include "pipeline/runtime/exec/outlet_set.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <spdlog/spdlog.h>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::runtime {

namespace {

/// Marks are stored for the sink that has this identity; of several, for the second, third and so on of them.
std::string owner_of_marks(const std::string& identity, std::size_t ordinal) {
  if (identity.empty() || ordinal == 0) return identity;
  return identity + '\0' + std::to_string(ordinal + 1);
}

/// What a sink is known by from one run to the next.
std::string place_of(const Outlet& outlet, const SinkSpec& spec) {
  std::string identity = outlet.identity();
  if (!identity.empty()) return identity;
  return spec.display.empty() ? spec.name : spec.display;
}

/// For people.
std::string described(const std::string& owner) {
  const std::size_t end = owner.find('\0');
  if (end == std::string::npos) return owner;
  return owner.substr(0, end) + " (sink " + owner.substr(end + 1) + " of those that write there)";
}

}  // namespace

void OutletSet::make() {
  const PipelineSpec& spec = context_.spec;
  for (std::size_t i = 0; i < spec.sinks.size(); ++i) {
    routes_.push_back(std::make_unique<Outlet>(context_, spec.sinks[i], board_.numbers(i)));
    all_.push_back(routes_.back().get());
  }
  if (spec.dead_letter) {
    letters_outlet_ =
        std::make_unique<Outlet>(context_, *spec.dead_letter, board_.numbers(spec.sinks.size()));
    all_.push_back(letters_outlet_.get());
  }
  std::map<std::string, std::size_t> known;
  for (Outlet* outlet : all_) {
    const std::string identity = outlet->identity();
    outlet->marks().belong_to(owner_of_marks(identity, known[identity]++));
  }
}

/// What nobody is there for any more: the run cannot deliver all that the earlier one has promised. When it
/// starts over it need not, but nobody will mend what was left half-written.
void OutletSet::check_left_over(const std::map<std::string, OwnMarks>& marks, Phase phase) const {
  std::string outputs;
  for (const auto& [owner, own] : marks)
    outputs += (outputs.empty() ? "" : " and ") + described(owner);
  if (outputs.empty()) return;
  if (phase == Phase::starting_over) {
    spdlog::warn("[{}] an earlier run wrote to {}, where no sink writes any more: what it left there stays",
                 context_.spec.name, outputs);
    return;
  }
  throw pipeline::Fatal({"go on with", "pipeline '" + context_.spec.name + "'",
                         "an earlier run wrote to " + outputs + ", where none of its sinks writes now",
                         "put the sink back, or run once with --from-start: everything is read again"});
}

std::set<std::string> OutletSet::places() const {
  std::set<std::string> places;
  for (std::size_t i = 0; i < routes_.size(); ++i)
    places.insert(place_of(*routes_[i], context_.spec.sinks[i]));
  return places;
}

/// What was read by earlier runs is not read again, for a sink that was not there then least of all: nobody
/// else would say so.
void OutletSet::tell_of_new(const std::set<std::string>& earlier) const {
  if (!context_.goes_on || earlier.empty()) return;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const SinkSpec& sink = context_.spec.sinks[i];
    if (earlier.contains(place_of(*routes_[i], sink))) continue;
    spdlog::warn(
        "[{}] {}: {} is new and gets only what is read from now on; to send it everything, run once with "
        "--from-start",
        context_.spec.name, sink.name, sink.display.empty() ? "this sink" : sink.display);
  }
}

pipeline::Task<bool> OutletSet::open(const StateSnapshot& stored) {
  make();
  const Phase phase = stored.phase;
  std::map<std::string, OwnMarks> by_owner;
  for (const SinkMark& mark : stored.marks)
    by_owner[mark.sink][mark.key] = mark.value;
  std::vector<OwnMarks> own_marks;
  for (Outlet* outlet : all_) {
    auto own = by_owner.extract(outlet->marks().owner());
    own_marks.push_back(own ? std::move(own.mapped()) : OwnMarks());
  }
  check_left_over(by_owner, phase);
  tell_of_new(stored.sinks);
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const bool open = co_await all_[i]->open(std::move(own_marks[i]), phase);
    if (!open) co_return false;
  }
  if (letters_outlet_) dead_letters_ = std::make_unique<DeadLetters>(context_, *letters_outlet_);
  co_return true;
}

void OutletSet::start(const LaneDirectory& lanes, const LaneDirectory& letters) {
  for (const auto& outlet : routes_)
    outlet->start(lanes);
  if (letters_outlet_) letters_outlet_->start(letters);
}

void OutletSet::request_flush() {
  for (Outlet* outlet : all_)
    outlet->request_flush();
}

void OutletSet::hurry() {
  for (Outlet* outlet : all_)
    outlet->hurry();
}

bool OutletSet::flush_pending() const {
  return std::any_of(all_.begin(), all_.end(), [](const Outlet* each) { return each->flush_pending(); });
}

void OutletSet::wake() {
  for (Outlet* outlet : all_)
    outlet->wake();
  if (dead_letters_) dead_letters_->wake();
}

void OutletSet::abort() {
  for (Outlet* outlet : all_)
    outlet->abort();
}

pipeline::Task<void> OutletSet::drain() {
  for (Outlet* outlet : all_)
    co_await outlet->drain();
}

pipeline::Task<bool> OutletSet::complete() {
  for (Outlet* outlet : all_) {
    const bool complete = co_await outlet->complete();
    if (!complete) co_return false;
  }
  co_return true;
}

pipeline::Task<void> OutletSet::close() {
  for (Outlet* outlet : all_)
    outlet->begin_closing([this] { closed_.notify(); });
  while (std::any_of(all_.begin(), all_.end(), [](const Outlet* each) { return each->closing(); }))
    co_await closed_.wait();
}

std::optional<std::string> OutletSet::close_failure() const {
  for (const Outlet* outlet : all_) {
    if (outlet->close_failure()) return outlet->close_failure();
  }
  return std::nullopt;
}

void OutletSet::clear() {
  dead_letters_.reset();
  all_.clear();
  routes_.clear();
  letters_outlet_.reset();
}

}  // namespace hiveframe::runtime
