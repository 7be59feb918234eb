#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/option_type.hpp"
#include "pipeline/codec/format.hpp"

namespace hiveframe::codec {

// Types for OptionTable. Only a settings .cpp includes this.

/// The name of a format. `more` are words beside them, and stand first: {"auto", nullptr}.
inline config::OptionType<const Format*> format_type(
    std::vector<std::pair<std::string, const Format*>> more = {}) {
  for (const Format& format : formats())
    more.emplace_back(format.name, &format);
  return config::choice<const Format*>(std::move(more));
}

}  // namespace hiveframe::codec
