#include "daemon/cli/help.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace hiveframe::daemon {
namespace {

class Formatter final : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override {
    std::string usage;
    std::string arguments;
    std::string options;
    for (const CLI::Option* option : app->get_options()) {
      if (option->get_positional()) {
        const std::string name = option->get_name(true);
        const std::string many = option->get_expected_max() > 1 ? name + "..." : name;
        usage += option->get_required() ? " " + many : " [" + many + "]";
        arguments += line(name, option->get_description());
      } else {
        const std::string value = option->get_type_size() == 0 ? "" : " " + option->get_type_name();
        const std::string dash = option->get_snames().empty() ? "    " : "-" + option->get_snames()[0] + ", ";
        options +=
            line(fmt::format("{}--{}{}", dash, option->get_single_name(), value), option->get_description());
      }
    }
    std::string commands;
    for (const CLI::App* command : app->get_subcommands([](const CLI::App*) { return true; }))
      commands += line(command->get_name(), first_sentence(command->get_description()));

    std::string name;
    for (const CLI::App* each = app; each->get_parent() != nullptr; each = each->get_parent())
      name = " " + each->get_name() + name;
    name = "hiveframed" + name;
    std::string text = app->get_description() + "\n\nUsage: " + name;
    text += commands.empty() ? " [OPTIONS]" : " COMMAND ...";
    text += usage + "\n";
    for (const auto& [title, lines] : {std::pair("Commands", commands), std::pair("Arguments", arguments),
                                       std::pair("Options", options)}) {
      if (!lines.empty()) text += fmt::format("\n{}:\n{}", title, lines);
    }
    if (!app->get_footer().empty()) text += "\n" + app->get_footer() + "\n";
    return text;
  }

 private:
  static std::string line(const std::string& name, const std::string& help) {
    constexpr std::size_t indent = 27;
    constexpr std::size_t width = 100;
    std::string text = fmt::format("  {:<24}", name);
    std::size_t used = text.size();
    std::size_t begin = 0;
    while (begin < help.size()) {
      const std::size_t end = std::min(help.find(' ', begin), help.size());
      if (used > indent && used + 1 + end - begin > width) {
        text += "\n" + std::string(indent - 1, ' ');
        used = indent - 1;
      }
      text += " " + help.substr(begin, end - begin);
      used += 1 + end - begin;
      begin = end + 1;
    }
    return text + "\n";
  }

  static std::string first_sentence(const std::string& text) {
    const std::size_t end = text.find(".\n");
    std::string sentence = text.substr(0, end);
    if (sentence.ends_with('.')) sentence.pop_back();
    return sentence;
  }
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_formatter() { return std::make_shared<Formatter>(); }

}  // namespace hiveframe::daemon
