// Private to net/.
#pragma once

#include <utility>

#include "net/connection_table.hpp"
#include "net/limits.hpp"
#include "net/router.hpp"

namespace hiveframe::net {

/// What the connections of a server share with it. It lives as long as any of them, and is used on the
/// server's executor only.
struct ServerState {
  ServerState(Router the_router, const Limits& the_limits)
      : router(std::move(the_router)), limits(the_limits), table(the_limits.connections) {}

  const Router router;
  const Limits limits;
  ConnectionTable table;
  bool stopping = false;
};

}  // namespace hiveframe::net
