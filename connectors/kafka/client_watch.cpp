#include "connectors/kafka/client_watch.hpp"

#include <librdkafka/rdkafka.h>
#include <utility>

#include "connectors/kafka/errors.hpp"

namespace hiveframe::connectors::kafka {

void ClientWatch::begin(pipeline::Report* report, std::string tried, std::string against) {
  const std::lock_guard lock(mutex_);
  report_ = report;
  tried_ = std::move(tried);
  against_ = std::move(against);
}

void ClientWatch::error(int code, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  // "3/3 brokers are down" says less than what was said of one of them before.
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    down_ = true;
    if (!last_) last_ = Trouble{code, std::string(reason)};
  } else {
    last_ = Trouble{code, std::string(reason)};
  }
  // One broker that does not let us in speaks for all: they share users and authorities.
  if (is_fatal(code, reason)) down_ = true;
  tell();
}

void ClientWatch::up() {
  const std::lock_guard lock(mutex_);
  down_ = false;
  last_.reset();
  tell();
}

void ClientWatch::lacks(std::string why) {
  const std::lock_guard lock(mutex_);
  lacks_ = std::move(why);
  tell();
}

void ClientWatch::settled() {
  const std::lock_guard lock(mutex_);
  lacks_.clear();
  tell();
}

/// Reports what has changed. Locked.
void ClientWatch::tell() {
  std::string now = lacks_;
  const bool fatal = down_ && last_ && is_fatal(last_->code, last_->answer);
  // That is thrown.
  if (fatal) return;
  if (down_ && last_) now = describe_error(last_->code, last_->answer, tried_, against_);
  if (report_ == nullptr || now == told_) return;
  told_ = now;
  if (now.empty()) {
    report_->works();
  } else {
    report_->waits(now);
  }
}

void ClientWatch::check() const {
  const std::lock_guard lock(mutex_);
  if (down_ && last_) throw_error(last_->code, last_->answer, tried_, against_);
}

void ClientWatch::check_fatal() const {
  const std::lock_guard lock(mutex_);
  if (down_ && last_ && is_fatal(last_->code, last_->answer))
    throw_error(last_->code, last_->answer, tried_, against_);
}

std::optional<ClientWatch::Trouble> ClientWatch::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

}  // namespace hiveframe::connectors::kafka
