#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/admin/described.hpp"
#include "daemon/admin/endpoints.hpp"
#include "daemon/admin/json_body.hpp"
#include "daemon/os/log.hpp"

namespace hiveframe::daemon {
namespace {

constexpr std::string_view every_other = "all";
constexpr std::string_view none_of_its_own = "default";
constexpr std::array every_level{LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error};

struct ComponentLevel {
  std::string component;
  LogLevel level = LogLevel::info;
};

std::vector<std::string> level_words() {
  std::vector<std::string> words;
  for (const LogLevel each : every_level)
    words.emplace_back(to_string(each));
  return words;
}

std::vector<std::string> component_words() {
  std::vector<std::string> words{std::string(every_other)};
  for (const std::string_view each : log_components())
    words.emplace_back(each);
  return words;
}

const Described<ComponentLevel>& described(const ComponentLevel*) {
  using C = ComponentLevel;
  static const Described<C> described(
      "ComponentLevel",
      shown_choice<C>("component", component_words(), &C::component,
                      "'all' is everything without a level of its own"),
      shown_choice<C>(
          "level", level_words(), [](const C& c) { return to_string(c.level); }, "What is less is left out"));
  return described;
}

struct LogLevels {
  std::vector<ComponentLevel> levels;
};
const Described<LogLevels>& described(const LogLevels*) {
  static const Described<LogLevels> described("LogLevels", shown<LogLevels>("levels", &LogLevels::levels));
  return described;
}

net::Response show(const Log& log) {
  LogLevels all;
  for (const auto& [component, level] : log.levels())
    all.levels.push_back({component.empty() ? std::string(every_other) : component, level});
  return net::Response::json(described(&all).to_json(all));
}

LogLevel level_of(std::string_view word) {
  for (const LogLevel each : every_level) {
    if (word == to_string(each)) return each;
  }
  return LogLevel::info;
}

Shape change_shape() {
  std::vector<std::string> words = level_words();
  words.emplace_back(none_of_its_own);
  return object_shape("LogLevelChange",
                      {{"component", choice_shape(component_words()), "'all' unless given", true},
                       {"level", choice_shape(std::move(words)),
                        "'default': of a component that of all, for it has none of its own; of all what the "
                        "daemon file says"}});
}

net::Response change(const net::Request& request, const Manager& manager, Log& log) {
  const JsonBody body(request.body);
  const std::string component = body.text("component").value_or(std::string(every_other));
  const std::string level = *body.text("level");
  const bool is_default = level == none_of_its_own;
  if (component == every_other) {
    log.set_level(is_default ? manager.daemon().log.level : level_of(level));
  } else if (is_default) {
    log.forget_level(component);
  } else {
    log.set_level(component, level_of(level));
  }
  return show(log);
}

using AtOnce = std::function<net::Response(const net::Request&)>;

}  // namespace

void add_log_endpoints(Endpoints& endpoints, Manager& manager, Log& log) {
  const Answer levels{200, "The levels in force", "application/json",
                      described(static_cast<const LogLevels*>(nullptr)).shape()};
  endpoints.add({.path = "/log/levels",
                 .id = "getLogLevels",
                 .group = "service",
                 .summary = "What is logged, by component",
                 .answers = {levels},
                 .handler = AtOnce([&log](const net::Request&) { return show(log); })});
  endpoints.add(
      {.method = net::Method::post,
       .path = "/log/levels",
       .id = "setLogLevel",
       .group = "service",
       .summary = "Changes what is logged, until the daemon is restarted",
       .help =
           "A reload puts 'log.level' of the daemon file in force again, for what has no level of its own.",
       .body = change_shape(),
       .answers = {levels},
       .handler =
           AtOnce([&manager, &log](const net::Request& request) { return change(request, manager, log); })});
}

}  // namespace hiveframe::daemon
