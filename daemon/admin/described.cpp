#include "daemon/admin/described.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "config/utf8.hpp"

namespace hiveframe::daemon {

std::string rfc3339(std::chrono::system_clock::time_point time) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(millis);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(seconds.count())),
                     (millis - seconds).count());
}

void write_text(config::JsonText& out, std::string_view text) { out.string(config::mend_utf8(text)); }

}  // namespace hiveframe::daemon
