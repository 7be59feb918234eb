#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/method.hpp"
#include "net/request.hpp"
#include "net/response.hpp"

namespace hiveframe::net {

/// Answers a request: at once, or as a coroutine on the server's executor. What it throws is logged and
/// becomes a 500 that says nothing of it. A handler outlives its coroutines (the router owns it), so may
/// capture.
using Handler =
    std::variant<std::function<Response(const Request&)>, std::function<Task<Response>(const Request&)>>;

/// What else is to be known of a route.
struct RouteOptions {
  /// Answered without credentials, whatever the listener asks for: health checks.
  bool open = false;
  /// The media type that a body must have (without parameters); empty: any.
  std::string body_type = "application/json";
};

struct Route {
  Method method;
  std::vector<std::string> pattern;  ///< its pieces between slashes, parameters with their braces
  Handler handler;
  RouteOptions options;
};

/// Finds the handler for a method and path. Pure; filled once, before the server has it.
class Router {
 public:
  /// `pattern` is like "/pipelines/{name}/tap": a parameter stands for one piece that is not empty. A GET
  /// route answers HEAD too. Throws std::logic_error for a malformed pattern, or one that is there already.
  void add(Method method, std::string_view pattern, Handler handler, RouteOptions options = {});

  struct Match {
    const Route* route = nullptr;  ///< null: no such path, or not with this method; the router owns it
    std::map<std::string, std::string> parameters;
    /// The methods of every pattern that fits the path, for Allow; empty: no such path.
    std::vector<Method> allowed;
  };

  /// Among the routes that fit, the one whose pieces are literal before the other's is taken.
  Match match(Method method, const std::vector<std::string>& segments) const;

 private:
  std::vector<Route> routes_;
};

/// "GET, HEAD, OPTIONS"
std::string allow_field(const std::vector<Method>& methods);

}  // namespace hiveframe::net
