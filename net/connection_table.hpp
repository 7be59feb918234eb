#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

namespace hiveframe::net {

/// Who may stay when there are more connections than the limit. Pure.
///
/// Those that wait for a request (idle, or slow to send one) stand in line; when a new one comes and there is
/// no room, the one that has waited longest gives way. So thousands of connections that ask nothing keep
/// nobody out, and one whose request is being answered is never cut for another. Only when all are being
/// answered is a new one turned away.
class ConnectionTable {
 public:
  using Id = std::uint64_t;

  explicit ConnectionTable(std::size_t limit) : limit_(limit) {}

  struct Admission {
    bool admitted = false;
    std::optional<Id> evicted;  ///< no longer in the table: close it
  };
  /// A new connection, which waits for its first request. `id` is none that was given before.
  Admission admit(Id id);

  /// Back to the end of the line; what is not in the table is left alone, here and below.
  void set_waiting(Id id);
  void set_busy(Id id);
  void remove(Id id);

  /// Takes out the one that has waited longest, if any waits: for when the system has no more descriptors.
  std::optional<Id> evict();

  std::size_t size() const noexcept { return places_.size(); }

 private:
  using Line = std::list<Id>;

  std::size_t limit_;
  Line waiting_;                                   // the longest first
  std::unordered_map<Id, Line::iterator> places_;  // waiting_.end() for a busy one
};

}  // namespace hiveframe::net
