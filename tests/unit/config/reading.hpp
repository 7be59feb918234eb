#pragma once

#include <map>
#include <string>
#include <utility>

#include "config/option_table.hpp"
#include "config/yaml.hpp"

namespace hiveframe::config {

// Variables and files that exist in a test only.
class FakeEnvironment final : public Environment {
 public:
  std::map<std::string, std::string, std::less<>> variables;
  std::map<std::string, std::string> files;

  std::optional<std::string> variable(std::string_view name) const override {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  }
  FileText read_file(const std::filesystem::path& path) const override {
    const auto found = files.find(path.string());
    if (found == files.end()) return {std::nullopt, "No such file or directory"};
    return {found->second, {}};
  }
};

// One load of one text, as the file orders.yaml in /etc/demo.
struct Reading {
  explicit Reading(std::string yaml)
      : file(SourceFile::make("orders.yaml", std::move(yaml), "/etc/demo")),
        reader(environment, diagnostics) {}

  Node document() {
    const YamlFile yaml = parse_yaml(file, diagnostics);
    return yaml.documents.empty() ? Node() : yaml.documents.front();
  }
  template <typename T>
  std::optional<T> read(const OptionTable<T>& table) {
    const Node node = document();
    if (!diagnostics.empty()) return std::nullopt;
    return table.read(node, reader);
  }
  std::string problems() const { return diagnostics.render(); }

  SourceFilePtr file;
  FakeEnvironment environment;
  Diagnostics diagnostics;
  Reader reader;
};

}  // namespace hiveframe::config
