#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/admin/shape.hpp"

namespace hiveframe::daemon {

/// What is wrong with a request's body, for the client; nothing if it is JSON (RFC 8259) of that shape.
std::optional<std::string> find_body_mismatch(const Shape& shape, std::string_view body);

/// A body that has been found to be an object of its shape. The text outlives it not.
class JsonBody {
 public:
  explicit JsonBody(std::string_view body);
  ~JsonBody();
  JsonBody(const JsonBody&) = delete;
  JsonBody& operator=(const JsonBody&) = delete;

  /// A member that is a text; nothing if it is absent.
  std::optional<std::string> text(std::string_view name) const;
  std::optional<std::vector<std::string>> texts(std::string_view name) const;
  std::optional<bool> flag(std::string_view name) const;

 private:
  struct Document;
  std::unique_ptr<Document> document_;
};

}  // namespace hiveframe::daemon
