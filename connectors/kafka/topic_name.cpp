#include "connectors/kafka/topic_name.hpp"

#include <algorithm>

namespace hiveframe::connectors::kafka {

std::string wrong_with_topic(std::string_view name) {
  constexpr std::size_t longest = 249;
  if (name.empty()) return "is empty";
  if (name == "." || name == "..") return "is '.' or '..'";
  if (name.size() > longest) return "is longer than 249 characters";
  const auto legal = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  const auto wrong = std::find_if_not(name.begin(), name.end(), legal);
  if (wrong == name.end()) return {};
  return "holds a character that no topic has (letters, digits, '.', '_' and '-' do)";
}

}  // namespace hiveframe::connectors::kafka
