#include "daemon/manager/pipeline_name.hpp"

#include <algorithm>

namespace hiveframe::daemon {
namespace {

constexpr std::size_t longest_name = 64;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string name_problem(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name.size() > longest_name) return "it is longer than " + std::to_string(longest_name) + " characters";
  if (!is_letter_or_digit(name.front())) return "it must begin with a letter or digit";
  const bool sound = std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
  });
  return sound ? "" : "only the letters a to z and A to Z, digits, '-', '_' and '.' are allowed";
}

config::OptionType<config::LocatedText> name_type() {
  using namespace config;
  return parsed<LocatedText>(TypeInfo::text_like("a name"),
                             [](const LocatedText& text, Reader& reader) -> std::optional<LocatedText> {
                               const std::string problem = name_problem(text.view());
                               if (problem.empty()) return text;
                               reader.error(text.span(),
                                            text.quoted() + " cannot name a pipeline: " + problem,
                                            "for example orders, orders-eu.2 or ORDERS_EU");
                               return std::nullopt;
                             });
}

}  // namespace hiveframe::daemon
