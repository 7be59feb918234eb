#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/data_error.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::codec::json {

/// A JSON text that is too long for a parser: simdjson takes 14 bytes for each of its own. It is checked
/// where it stands, and what somebody asks for is found and built anew each time, so that it takes no memory
/// but for that. One thread at a time; used for one text after the other.
class LargeText {
 public:
  /// False: `error` says why. `text` stays where it is until the next. See ExactReader::check().
  bool check(std::string_view text, std::size_t most_tree_bytes, record::DataError& error);

  /// At most how many bytes build() takes from the arena.
  [[nodiscard]] std::size_t tree_bytes() const noexcept;
  record::Value build(record::Arena& arena);
  /// The value below the names, or nothing.
  std::optional<record::Value> find(std::span<const std::string_view> path, record::Arena& arena);

 private:
  [[nodiscard]] std::optional<std::size_t> member(std::size_t object, std::string_view name);
  [[nodiscard]] bool names(std::size_t quote, std::size_t end, std::string_view name);
  [[nodiscard]] std::size_t after_space(std::size_t at) const noexcept;
  [[nodiscard]] std::size_t after_value(std::size_t at) const noexcept;
  [[nodiscard]] std::size_t after_string(std::size_t quote) const noexcept;
  [[nodiscard]] std::size_t after_brackets(std::size_t at) const noexcept;

  std::string_view text_;
  ExactReader reader_;
};

}  // namespace hiveframe::codec::json
