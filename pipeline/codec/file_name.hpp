#pragma once

#include <string_view>

namespace hiveframe::codec {

/// Whether a file's name ends with this extension, which is in lower case and has its dot, and is not only
/// that.
[[nodiscard]] bool ends_with_ignoring_case(std::string_view name, std::string_view extension) noexcept;

/// The name without the extension of a compression (.gz, .zst), if it has one.
[[nodiscard]] std::string_view without_packing(std::string_view name) noexcept;

}  // namespace hiveframe::codec
