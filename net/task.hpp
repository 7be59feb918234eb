#pragma once

#include <boost/asio/awaitable.hpp>

namespace hiveframe::net {

/// A coroutine of a server or client. It runs on the executor it was spawned on and resumes there.
template <class T = void>
using Task = boost::asio::awaitable<T>;

}  // namespace hiveframe::net
