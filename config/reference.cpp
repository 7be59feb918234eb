#include "config/reference.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "config/utf8.hpp"

namespace hiveframe::config {
namespace {

std::size_t columns(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = code_point_at(text, i);
    width += static_cast<std::size_t>(display_width(point.value));
    i += point.size;
  }
  return width;
}

void append_options(std::string& out, const TableInfo& table, std::size_t indent, std::size_t width) {
  for (const OptionInfo& option : table.options) {
    std::string head = option.name + ": " + option.type.describe();
    if (option.is_secret) head += " (secret)";
    if (option.is_required) {
      head += ", required";
    } else if (option.default_text) {
      head += fmt::format(", default {}", *option.default_text);
    }
    append_wrapped(out, head, indent, width);
    if (!option.help_text.empty()) append_wrapped(out, option.help_text, indent + 4, width);
    if (!option.example_text.empty())
      append_wrapped(out, fmt::format("for example {}: {}", option.name, option.example_text), indent + 4,
                     width);
    if (option.type.table) append_options(out, *option.type.table, indent + 4, width);
  }
  if (table.free_keys) {
    append_wrapped(out, fmt::format("<{}>: {}", table.free_keys_name, table.free_keys->describe()), indent,
                   width);
    if (!table.free_keys_help.empty()) append_wrapped(out, table.free_keys_help, indent + 4, width);
  }
}

struct TemplateLine {
  std::string text;
  std::string comment;
};

void collect(std::vector<TemplateLine>& lines, const TableInfo& table) {
  const auto add = [&](const OptionInfo& option) {
    std::string value = option.example_text;
    if (value.empty() && option.default_text && !option.default_is_note) value = *option.default_text;
    if (!option.is_required && option.default_text && !option.default_is_note) value = *option.default_text;
    const bool is_choice = option.type.kind == TypeInfo::Kind::choice;
    const std::string note = option.default_is_note ? *option.default_text : "";
    const bool note_is_value = is_choice && std::find(option.type.choices.begin(), option.type.choices.end(),
                                                      note) != option.type.choices.end();
    if (value.empty() && note_is_value) value = note;
    if (value.empty() && is_choice && !option.type.choices.empty()) value = option.type.choices.front();
    const std::string text = fmt::format("{}:{}{}", option.name, value.empty() ? "" : " ", value);
    std::string comment = option.help_text;
    if (is_choice) {
      const bool says_more = !note.empty() && !note_is_value;
      comment += fmt::format(" ({}{}{})", option.type.describe(), says_more ? "; default " : "",
                             says_more ? note : "");
    }
    lines.push_back({option.is_required ? text : "# " + text, comment});
  };
  for (const OptionInfo& option : table.options)
    if (option.is_required) add(option);
  for (const OptionInfo& option : table.options)
    if (!option.is_required) add(option);
}

}  // namespace

void append_wrapped(std::string& out, std::string_view text, std::size_t indent, std::size_t width) {
  std::string line(indent, ' ');
  std::size_t used = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    const std::size_t size = columns(word);
    if (used > indent && used + 1 + size > width) {
      out += line + "\n";
      line.assign(indent, ' ');
      used = indent;
    }
    if (used > indent) {
      line += ' ';
      ++used;
    }
    line += word;
    used += size;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  out += line + "\n";
}

std::string explain(const TableInfo& table, std::size_t width, std::string_view example) {
  std::string out;
  append_wrapped(out, fmt::format("{}: {}", table.name, table.summary), 0, width);
  if (!table.uri_examples.empty()) {
    out += "\n";
    for (const std::string& each : table.uri_examples)
      out += fmt::format("  {}\n", each);
  }
  if (!example.empty()) {
    out += "\n";
    for (std::size_t begin = 0; begin < example.size();) {
      const std::size_t end = std::min(example.find('\n', begin), example.size());
      out += end == begin ? "\n" : fmt::format("  {}\n", example.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  if (!table.options.empty() || table.free_keys) {
    out += "\nOptions\n\n";
    append_options(out, table, 2, width);
  }
  return out;
}

std::string yaml_template(const TableInfo& table, std::size_t indent) {
  constexpr std::size_t widest = 40;  // beyond it a line does not push the others' comments away
  std::vector<TemplateLine> lines;
  collect(lines, table);
  std::size_t comment_column = 0;
  for (const TemplateLine& line : lines)
    if (columns(line.text) <= widest) comment_column = std::max(comment_column, columns(line.text));
  std::string out;
  for (const TemplateLine& line : lines) {
    out += std::string(indent, ' ') + line.text;
    if (!line.comment.empty()) {
      const std::size_t size = columns(line.text);
      out += std::string(comment_column > size ? comment_column - size : 0, ' ') + "  # " + line.comment;
    }
    out += '\n';
  }
  return out;
}

}  // namespace hiveframe::config
