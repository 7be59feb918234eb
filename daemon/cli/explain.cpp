#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

#include "config/did_you_mean.hpp"
#include "config/reference.hpp"
#include "config/reference_json.hpp"
#include "config/text.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/cli/explain_functions.hpp"
#include "daemon/manager/daemon_options.hpp"
#include "daemon/manager/pipeline_options.hpp"
#include "daemon/manager/test_file_options.hpp"
#include "daemon/manager/tests_option.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/csv_examples.hpp"
#include "pipeline/expr/reference.hpp"
#include "pipeline/transform/registry.hpp"

namespace hiveframe::daemon {
namespace {

using config::OptionInfo;
using config::TableInfo;
using Words = std::span<const std::string>;

// A table that can be explained.
struct Subject {
  TableInfo table;
  std::string role;      // of a connector: "source", "sink"; else empty
  std::string examples;  // lines of YAML; may be empty
};

std::vector<Subject> all_subjects(const pipeline::ConnectorRegistry& connectors,
                                  const PipelineOptions& options, const DaemonOptions& daemon) {
  std::vector<Subject> subjects;
  for (const pipeline::SourceKind& kind : connectors.sources)
    subjects.push_back({*kind.options, "source", {}});
  for (const pipeline::SinkKind& kind : connectors.sinks) {
    subjects.push_back({*kind.options, "sink", {}});
    std::vector<OptionInfo>& own = subjects.back().table.options;
    own.insert(own.end(), options.sink_info().options.begin(), options.sink_info().options.end());
  }
  for (const transform::TransformKind& kind : transform::transforms())
    subjects.push_back({*kind.table, "", transform::describe(kind.examples)});
  subjects.push_back({test_info(), "", std::string(test_example())});
  subjects.push_back({test_file_info(), "", "pipeline: orders.yaml\ntests: [...]\n"});
  subjects.push_back({daemon.info(), "", {}});
  subjects.push_back({options.info(), "", {}});
  return subjects;
}

// "kafka.sink.topic" and "kafka sink topic" are the same question.
std::vector<std::string> split(const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  for (const std::string& argument : arguments) {
    std::size_t begin = 0;
    while (begin <= argument.size()) {
      const std::size_t end = std::min(argument.find('.', begin), argument.size());
      if (end > begin) words.push_back(argument.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return words;
}

// The table with nothing but the option that `path` leads to, through sections; nothing if there is none.
std::optional<TableInfo> narrowed(const TableInfo& table, Words path) {
  if (path.empty()) return table;
  const OptionInfo* option = table.find(path.front());
  if (!option) return std::nullopt;
  if (path.size() > 1)
    return option->type.table ? narrowed(*option->type.table, path.subspan(1)) : std::nullopt;
  TableInfo narrow = table;
  narrow.options = {*option};
  narrow.free_keys.reset();
  narrow.uri_examples.clear();
  return narrow;
}

// Every place where an option of this name stands, sections included.
void find_option(const TableInfo& table, const std::string& name, std::vector<TableInfo>& found) {
  if (const auto narrow = narrowed(table, {&name, 1})) found.push_back(*narrow);
  for (const OptionInfo& option : table.options) {
    if (option.type.table) find_option(*option.type.table, name, found);
  }
}

void add_names(const TableInfo& table, std::vector<std::string>& names) {
  for (const OptionInfo& option : table.options) {
    names.push_back(option.name);
    if (option.type.table) add_names(*option.type.table, names);
  }
}

bool takes_expressions(const TableInfo& table) {
  const auto names_them = [](const config::TypeInfo& type) {
    return type.describe().find("expression") != std::string::npos;
  };
  return (table.free_keys && names_them(*table.free_keys)) ||
         std::any_of(table.options.begin(), table.options.end(),
                     [&](const OptionInfo& option) { return names_them(option.type); });
}

void write_format(config::JsonText& out, const codec::Format& format) {
  out.object([&] {
    out.member("name", std::string(format.name) + " format");
    out.member("keyword", format.name);
    out.member("summary", format.help);
    out.key("extensions");
    out.array([&] {
      for (const std::string_view each : format.extensions)
        out.string(each);
    });
  });
}

std::string explain_format(const codec::Format& format) {
  std::string text = fmt::format("{} format: {}\n", format.name, format.help);
  if (!format.extensions.empty())
    text += fmt::format("  for files that end in {}\n", fmt::join(format.extensions, ", "));
  if (format.name == "csv") text += "\n" + pipeline::describe_csv_examples();
  return text;
}

class Explanation {
 public:
  Explanation(std::vector<Subject> subjects, bool as_json, Io& io)
      : subjects_(std::move(subjects)), as_json_(as_json), io_(io) {}

  int answer(const std::vector<std::string>& words) {
    int status = exit_done;
    json_.array([&] { status = say_all(words); });
    if (as_json_ && status == exit_done) io_.out << json_.str() << '\n';
    return status;
  }

 private:
  int say_all(const std::vector<std::string>& words) {
    const std::string& name = words.front();
    std::vector<const Subject*> chosen = named(name);
    Words path = Words(words).subspan(1);
    if (!path.empty() && (path.front() == "source" || path.front() == "sink")) {
      std::vector<const Subject*> of_role;
      std::copy_if(chosen.begin(), chosen.end(), std::back_inserter(of_role),
                   [&](const Subject* subject) { return subject->role == path.front(); });
      if (!of_role.empty()) {
        chosen = std::move(of_role);
        path = path.subspan(1);
      }
    }
    for (const Subject* subject : chosen) {
      if (const auto table = narrowed(subject->table, path))
        say(*table, path.empty() ? std::string_view(subject->examples) : std::string_view());
    }
    if (path.empty()) {
      if (const codec::Format* format = codec::find_format(name)) say(*format);
    }
    if (chosen.empty() && !said_) say_options(words);
    const std::string whole = fmt::format("{}", fmt::join(words, "."));
    say_function(whole);  // math.abs
    if (said_) {
      if (points_to_functions_ && !as_json_)
        say("'hiveframed explain functions' lists what expressions are made of.\n");
      return exit_done;
    }
    return chosen.empty() ? unknown(whole) : unknown_option(chosen, path);
  }

  std::vector<const Subject*> named(const std::string& name) const {
    std::vector<const Subject*> chosen;
    for (const Subject& subject : subjects_) {
      if (subject.table.keyword == name) chosen.push_back(&subject);
    }
    return chosen;
  }

  // An option by itself, of whatever has one of that name.
  void say_options(const std::vector<std::string>& words) {
    std::vector<TableInfo> found;
    if (words.size() == 1) {
      for (const Subject& subject : subjects_)
        find_option(subject.table, words.front(), found);
    } else if (const auto section = narrowed(pipeline(), words)) {
      found.push_back(*section);
    }
    for (const TableInfo& table : found)
      say(table);
  }

  void say_function(const std::string& name) {
    if (as_json_) {
      said_ |= write_functions(json_, name);
      return;
    }
    const std::string text =
        name == "functions" ? explain_functions(width()) : explain_function(name, width());
    if (!text.empty()) say(text);
  }

  const TableInfo& pipeline() const { return subjects_.back().table; }

  int unknown(const std::string& name) {
    std::vector<std::string> names;
    for (const Subject& subject : subjects_) {
      names.push_back(subject.table.keyword);
      add_names(subject.table, names);
    }
    for (const codec::Format& format : codec::formats())
      names.emplace_back(format.name);
    names.emplace_back("functions");
    for (const expr::ReferenceGroup& group : expr::language_reference()) {
      for (const expr::ReferenceEntry& entry : group.entries)
        names.emplace_back(entry.name);
    }
    const std::string near = config::nearest(name, names);
    io_.err << "hiveframed explain: there is no connector, transform, format, option or function "
            << config::quote(name) << "\n  "
            << (near.empty()
                    ? "'hiveframed list' shows what there is, 'hiveframed explain functions' the functions"
                    : "did you mean '" + near + "'?")
            << '\n';
    return exit_usage;
  }

  int unknown_option(const std::vector<const Subject*>& chosen, Words path) {
    std::vector<std::string> owners;
    std::vector<std::string> names;
    for (const Subject* subject : chosen) {
      owners.push_back("the " + subject->table.name);
      add_names(subject->table, names);
    }
    io_.err << "hiveframed explain: there is no option "
            << config::quote(fmt::format("{}", fmt::join(path, "."))) << " of " << config::join_or(owners)
            << "\n  " << config::did_you_mean(path.back(), names) << '\n';
    return exit_usage;
  }

  std::size_t width() const {
    constexpr std::size_t widest = 120;
    return std::min(io_.out_terminal.width, widest);
  }
  void say(const TableInfo& table, std::string_view example = {}) {
    if (as_json_) {
      config::write_reference(json_, table);
      said_ = true;
      return;
    }
    say(config::explain(table, width(), example));
    points_to_functions_ = points_to_functions_ || takes_expressions(table);
  }
  void say(const codec::Format& format) {
    if (!as_json_) return say(explain_format(format));
    write_format(json_, format);
    said_ = true;
  }
  void say(const std::string& text) {
    if (said_) io_.out << '\n';
    io_.out << text;
    said_ = true;
  }

  std::vector<Subject> subjects_;
  const bool as_json_;
  config::JsonText json_;
  Io& io_;
  bool said_ = false;
  bool points_to_functions_ = false;
};

struct Arguments {
  std::vector<std::string> names;
  bool json = false;
};

int explain(const Arguments& arguments, Invocation& invocation) {
  const std::vector<std::string> words = split(arguments.names);
  if (words.empty()) {
    invocation.io.err << "hiveframed explain: the name is empty\n";
    return exit_usage;
  }
  const PipelineOptions options(invocation.connectors);
  const DaemonOptions daemon;
  return Explanation(all_subjects(invocation.connectors, options, daemon), arguments.json, invocation.io)
      .answer(words);
}

}  // namespace

void add_explain(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("explain",
                         "Explains a connector, a transform, a format, a function, or a single option.\n"
                         "'pipeline' is what stands around them, 'daemon' what 'serve' runs,\n"
                         "'functions' the language of expressions.");
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("NAME", arguments->names,
                   "A name as 'list' shows it, or one with an option: file.sink.mode")
      ->required();
  command->add_flag("--json", arguments->json, "Print it as one JSON list");
  command->footer(R"(Examples:
  hiveframed explain file
  hiveframed explain file.sink.mode
  hiveframed explain filter
  hiveframed explain functions
  hiveframed explain pipeline.retry
  hiveframed explain daemon
  hiveframed explain --json file.sink | jq -r '.[0].options[].name')");
  command->callback([arguments, &invocation] {
    invocation.action = [arguments, &invocation] { return explain(*arguments, invocation); };
  });
}

}  // namespace hiveframe::daemon
