#pragma once

#include <string>
#include <string_view>

namespace hiveframe::codec::avro {

/// Whether it is a name of the specification: letters, digits and '_', and no digit first.
[[nodiscard]] bool is_name(std::string_view text) noexcept;
/// The same, or names with dots between; empty is the null namespace.
[[nodiscard]] bool is_namespace(std::string_view text) noexcept;

/// A name with the namespace that holds where it stands; one with a dot is whole already.
[[nodiscard]] std::string full_name(std::string_view name, std::string_view space);
/// What stands before the last dot.
[[nodiscard]] std::string_view namespace_of(std::string_view full_name) noexcept;

}  // namespace hiveframe::codec::avro
