#pragma once

#include <string>

namespace hiveframe::net {

/// What the curl command prints, errors too.
std::string curl(const std::string& arguments);

}  // namespace hiveframe::net
