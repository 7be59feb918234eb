#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/admin/shape.hpp"
#include "net/router.hpp"

namespace hiveframe::daemon {

/// A parameter of a query. Each is optional, and given once at most.
struct QueryParameter {
  std::string name;
  Shape shape;
  std::string help;
};

/// A successful answer: what it is, as the handler gives it.
struct Answer {
  unsigned status = 200;
  std::string help;
  std::string content_type;    ///< "application/json"; empty: no body
  std::optional<Shape> shape;  ///< of JSON
};

/// One operation of the API: what is declared of it here is checked before its handler is called, and told by
/// /openapi.json. Handlers answer errors with net::Problem.
struct Endpoint {
  net::Method method = net::Method::get;
  std::string path;     ///< "/pipelines/{name}/pause"
  std::string id;       ///< "pausePipeline"
  std::string group;    ///< "pipelines"
  std::string summary;  ///< one line
  std::string help = {};
  Shape path_parameters = text_shape();  ///< what stands for {name} in the path; told, and not checked here
  std::vector<QueryParameter> query = {};
  std::optional<Shape> body = {};  ///< JSON, required
  std::vector<Answer> answers;
  std::vector<unsigned> problems = {};  ///< beside those that every operation may answer with
  bool open = false;                    ///< answered without credentials
  net::Handler handler;
};

/// Where all of them are declared, in the order in which the description lists them.
class Endpoints {
 public:
  void add(Endpoint endpoint) { all_.push_back(std::move(endpoint)); }
  const std::vector<Endpoint>& all() const noexcept { return all_; }

  /// A router with all of them, and GET /openapi.json.
  net::Router router(std::string_view version) const;

 private:
  std::vector<Endpoint> all_;
};

/// OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0).
std::string openapi(const std::vector<Endpoint>& endpoints, std::string_view version);

/// The parameter's text, or null. It fits its shape.
const std::string* query_text(const net::Request& request, std::string_view name);
/// Of a count; or what stands for one that is not given.
std::uint64_t query_count(const net::Request& request, std::string_view name, std::uint64_t otherwise);

}  // namespace hiveframe::daemon
