#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/admin/endpoint.hpp"
#include "net/problem.hpp"

namespace hiveframe::daemon {
namespace {

using config::JsonText;

/// RFC 9457. Members beside the standard ones are allowed, so it is no Shape.
void write_problem_schema(JsonText& out) {
  out.object([&] {
    out.member("type", "object");
    out.member("description", "What went wrong (RFC 9457)");
    out.key("properties");
    out.object([&] {
      for (const char* name : {"type", "title", "detail", "instance"}) {
        out.key(name);
        out.object([&] { out.member("type", "string"); });
      }
      out.key("status");
      out.object([&] { out.member("type", "integer"); });
    });
    out.key("required");
    out.array([&] {
      for (const char* name : {"type", "title", "status"})
        out.string(name);
    });
  });
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return lower;
}

void write_content(JsonText& out, const std::string& type, const std::optional<Shape>& shape) {
  out.key("content");
  out.object([&] {
    out.key(type);
    out.object([&] {
      out.key("schema");
      if (shape) {
        write_schema(out, *shape);
      } else {
        out.object([&] { out.member("type", "string"); });
      }
    });
  });
}

void write_problem(JsonText& out, unsigned status) {
  out.key(std::to_string(status));
  out.object([&] { out.member("$ref", "#/components/responses/Problem" + std::to_string(status)); });
}

/// What any request may be answered with, whatever it is about: the server says so before a handler is asked.
std::vector<unsigned> common_problems(const Endpoint& endpoint) {
  std::vector<unsigned> statuses{400, 403, 408, 413, 421, 431, 500, 503};
  if (!endpoint.open) statuses.push_back(401);
  if (endpoint.method != net::Method::get) statuses.push_back(415);
  return statuses;
}

std::set<unsigned> problems_of(const Endpoint& endpoint) {
  std::set<unsigned> statuses(endpoint.problems.begin(), endpoint.problems.end());
  for (const unsigned each : common_problems(endpoint))
    statuses.insert(each);
  for (const Answer& each : endpoint.answers)
    statuses.erase(each.status);
  return statuses;
}

void write_parameters(JsonText& out, const Endpoint& endpoint) {
  out.key("parameters");
  out.array([&] {
    for (std::size_t at = endpoint.path.find('{'); at != std::string::npos;
         at = endpoint.path.find('{', at + 1)) {
      out.object([&] {
        out.member("name", endpoint.path.substr(at + 1, endpoint.path.find('}', at) - at - 1));
        out.member("in", "path");
        out.key("required");
        out.boolean(true);
        out.key("schema");
        write_schema(out, endpoint.path_parameters);
      });
    }
    for (const QueryParameter& each : endpoint.query) {
      out.object([&] {
        out.member("name", each.name);
        out.member("in", "query");
        out.member("description", each.help);
        out.key("schema");
        write_schema(out, each.shape);
      });
    }
  });
}

void write_operation(JsonText& out, const Endpoint& endpoint) {
  out.member("operationId", endpoint.id);
  out.key("tags");
  out.array([&] { out.string(endpoint.group); });
  out.member("summary", endpoint.summary);
  if (!endpoint.help.empty()) out.member("description", endpoint.help);
  write_parameters(out, endpoint);
  if (endpoint.body) {
    out.key("requestBody");
    out.object([&] {
      out.key("required");
      out.boolean(true);
      write_content(out, "application/json", endpoint.body);
    });
  }
  out.key("responses");
  out.object([&] {
    for (const Answer& each : endpoint.answers) {
      out.key(std::to_string(each.status));
      out.object([&] {
        out.member("description", each.help);
        if (!each.content_type.empty()) write_content(out, each.content_type, each.shape);
      });
    }
    for (const unsigned status : problems_of(endpoint))
      write_problem(out, status);
  });
  if (!endpoint.open) {
    out.key("security");
    out.array([&] {
      out.object([&] {
        out.key("token");
        out.array([] {});
      });
      // Where the listener asks for nothing.
      out.object([] {});
    });
  }
}

void write_paths(JsonText& out, const std::vector<Endpoint>& endpoints) {
  std::vector<std::string> paths;
  for (const Endpoint& each : endpoints) {
    if (std::ranges::find(paths, each.path) == paths.end()) paths.push_back(each.path);
  }
  for (const std::string& path : paths) {
    out.key(path);
    out.object([&] {
      for (const Endpoint& each : endpoints) {
        if (each.path != path) continue;
        out.key(to_lower(net::to_string(each.method)));
        out.object([&] { write_operation(out, each); });
      }
    });
  }
}

void write_components(JsonText& out, const std::vector<Endpoint>& endpoints) {
  std::vector<Shape> objects;
  std::set<unsigned> problems;
  for (const Endpoint& endpoint : endpoints) {
    problems.merge(problems_of(endpoint));
    if (endpoint.body) collect_objects(*endpoint.body, objects);
    for (const Answer& each : endpoint.answers) {
      if (each.shape) collect_objects(*each.shape, objects);
    }
  }
  out.key("schemas");
  out.object([&] {
    for (const Shape& each : objects) {
      out.key(each.name);
      write_object_schema(out, each);
    }
    out.key("Problem");
    write_problem_schema(out);
  });
  out.key("responses");
  out.object([&] {
    for (const unsigned status : problems) {
      out.key("Problem" + std::to_string(status));
      out.object([&] {
        out.member("description", net::reason_phrase(status));
        out.key("content");
        out.object([&] {
          out.key("application/problem+json");
          out.object([&] {
            out.key("schema");
            out.object([&] { out.member("$ref", "#/components/schemas/Problem"); });
          });
        });
      });
    }
  });
  out.key("securitySchemes");
  out.object([&] {
    out.key("token");
    out.object([&] {
      out.member("type", "http");
      out.member("scheme", "bearer");
    });
  });
}

}  // namespace

std::string openapi(const std::vector<Endpoint>& endpoints, std::string_view version) {
  JsonText out;
  out.object([&] {
    out.member("openapi", "3.1.0");
    out.key("info");
    out.object([&] {
      out.member("title", "hiveframed");
      out.member("version", version);
      out.member("description", "What a running daemon does, and what it can be told to do.");
    });
    out.key("paths");
    out.object([&] { write_paths(out, endpoints); });
    out.key("components");
    out.object([&] { write_components(out, endpoints); });
  });
  return out.str() + "\n";
}

}  // namespace hiveframe::daemon
