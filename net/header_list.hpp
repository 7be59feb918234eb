#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hiveframe::net {

/// The fields of a message in their order (RFC 9110 section 5). A name may stand there more than once.
class HeaderList {
 public:
  struct Field {
    std::string name;
    std::string value;
  };

  void add(std::string name, std::string value);

  /// The first of that name, or null. Valid until the next add().
  const std::string* find(std::string_view name) const noexcept;
  std::size_t count(std::string_view name) const noexcept;

  /// Whether a comma-separated list of tokens, in one field or several, has this one (RFC 9110
  /// section 5.6.1).
  bool has_token(std::string_view name, std::string_view token) const noexcept;

  std::size_t size() const noexcept { return fields_.size(); }
  auto begin() const noexcept { return fields_.begin(); }
  auto end() const noexcept { return fields_.end(); }

 private:
  std::vector<Field> fields_;
};

}  // namespace hiveframe::net
