#pragma once

#include <boost/asio/awaitable.hpp>

namespace hiveframe::pipeline {

/// A coroutine of the data plane. It runs on the executor it was spawned on and resumes there.
template <class T = void>
using Task = boost::asio::awaitable<T>;

}  // namespace hiveframe::pipeline
