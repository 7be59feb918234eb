#include "daemon/cli/explain_functions.hpp"

#include <fmt/format.h>

#include "config/reference.hpp"
#include "pipeline/expr/reference.hpp"

namespace hiveframe::daemon {
namespace {

constexpr std::size_t indent = 2;
constexpr std::size_t help_column = 34;

// `signature   help`, and below it the example.
void say(std::string& text, const expr::ReferenceEntry& entry, std::size_t width) {
  const std::string head = fmt::format("{:{}}{}", "", indent, entry.signature);
  std::string help;
  config::append_wrapped(help, entry.help, help_column, width);
  const bool beside = head.size() + indent <= help_column;
  text += beside ? head + help.substr(head.size()) : head + "\n" + help;
  text += fmt::format("{:{}}{}", "", help_column, entry.example);
  if (!entry.result.empty()) text += fmt::format(" -> {}", entry.result);
  text += '\n';
}

void write_entry(config::JsonText& out, const expr::ReferenceEntry& entry) {
  out.object([&] {
    out.member("name", entry.name.empty() ? entry.signature : entry.name);
    out.member("signature", entry.signature);
    out.member("summary", entry.help);
    out.member("example", entry.example);
    if (!entry.result.empty()) out.member("result", entry.result);
  });
}

}  // namespace

std::string explain_functions(std::size_t width) {
  std::string text;
  config::append_wrapped(
      text,
      "Expressions are CEL (https://cel.dev): in filter, set, when and {{ }} of templates. "
      "'hiveframed eval EXPRESSION FILE' tries one.",
      0, width);
  for (const expr::ReferenceGroup& group : expr::language_reference()) {
    text += fmt::format("\n{}\n\n", group.title);
    for (const expr::ReferenceEntry& entry : group.entries)
      say(text, entry, width);
  }
  return text;
}

std::string explain_function(std::string_view name, std::size_t width) {
  const std::string name_space = std::string(name) + ".";
  std::string text;
  for (const expr::ReferenceGroup& group : expr::language_reference()) {
    for (const expr::ReferenceEntry& entry : group.entries) {
      if (entry.name != name && !entry.name.starts_with(name_space)) continue;
      if (text.empty()) text = fmt::format("{} in expressions\n\n", name);
      say(text, entry, width);
    }
  }
  return text;
}

bool write_functions(config::JsonText& out, std::string_view name) {
  bool any = false;
  for (const expr::ReferenceGroup& group : expr::language_reference()) {
    for (const expr::ReferenceEntry& entry : group.entries) {
      if (name != "functions" && entry.name != name) continue;
      write_entry(out, entry);
      any = true;
    }
  }
  return any;
}

}  // namespace hiveframe::daemon
