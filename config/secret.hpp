#pragma once

#include <fmt/format.h>
#include <ostream>
#include <string>
#include <utility>

namespace hiveframe::config {

/// Text that must not be shown: prints as *** wherever it is formatted. Only reveal() gives the text.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }
  bool operator==(const Secret&) const = default;

  friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "***"; }

 private:
  std::string text_;
};

}  // namespace hiveframe::config

template <>
struct fmt::formatter<hiveframe::config::Secret> : fmt::formatter<fmt::string_view> {
  template <typename Context>
  auto format(const hiveframe::config::Secret&, Context& context) const {
    return fmt::formatter<fmt::string_view>::format("***", context);
  }
};
