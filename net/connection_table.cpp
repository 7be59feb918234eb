#include "net/connection_table.hpp"

namespace hiveframe::net {

ConnectionTable::Admission ConnectionTable::admit(Id id) {
  Admission admission;
  if (places_.size() >= limit_) {
    admission.evicted = evict();
    if (!admission.evicted) return admission;
  }
  admission.admitted = true;
  places_.emplace(id, waiting_.insert(waiting_.end(), id));
  return admission;
}

void ConnectionTable::set_waiting(Id id) {
  const auto found = places_.find(id);
  if (found == places_.end()) return;
  if (found->second != waiting_.end()) waiting_.erase(found->second);
  found->second = waiting_.insert(waiting_.end(), id);
}

void ConnectionTable::set_busy(Id id) {
  const auto found = places_.find(id);
  if (found == places_.end() || found->second == waiting_.end()) return;
  waiting_.erase(found->second);
  found->second = waiting_.end();
}

void ConnectionTable::remove(Id id) {
  const auto found = places_.find(id);
  if (found == places_.end()) return;
  if (found->second != waiting_.end()) waiting_.erase(found->second);
  places_.erase(found);
}

std::optional<ConnectionTable::Id> ConnectionTable::evict() {
  if (waiting_.empty()) return std::nullopt;
  const Id id = waiting_.front();
  waiting_.pop_front();
  places_.erase(id);
  return id;
}

}  // namespace hiveframe::net
