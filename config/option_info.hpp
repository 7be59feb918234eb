#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hiveframe::config {

struct TableInfo;

/// What kind of value an option takes, without the C++ type: what the reference, the JSON Schema and messages
/// need.
struct TypeInfo {
  enum class Kind {
    text,
    secret,
    boolean,
    integer,
    number,
    size,
    duration,
    millis,
    choice,
    path,
    list,         ///< of element
    one_or_list,  ///< one element, or a list of them
    map,          ///< free keys, values are element
    table,        ///< the options of table
    connector,    ///< a URI or a map; `role` is the definition in the schema ("source", "sink")
    any,          ///< any YAML value
    either,       ///< one of alternatives
  };

  Kind kind = Kind::text;
  /// For people: "an expression", "one of: append, overwrite". Empty: said by the kind.
  std::string wanted = {};
  /// Inclusive, in the type's own notation ("1", "64KiB"); empty is no bound.
  std::string minimum = {};
  std::string maximum = {};
  std::vector<std::string> choices = {};
  /// A duration (or another kind) that may also be the word `none`.
  bool or_none = false;
  std::shared_ptr<const TypeInfo> element = {};
  std::shared_ptr<const TableInfo> table = {};
  std::string role = {};
  std::vector<TypeInfo> alternatives = {};

  /// "an integer from 1 to 65535", "a list of texts", or `wanted`.
  std::string describe() const;

  static TypeInfo of(Kind kind) { return TypeInfo{.kind = kind}; }
  /// Text with a meaning of its own: "an expression".
  static TypeInfo text_like(std::string wanted) {
    return TypeInfo{.kind = Kind::text, .wanted = std::move(wanted)};
  }
  /// `on_error: stop | drop | {dead_letter: …}`: for custom() types; the schema offers each alternative.
  static TypeInfo either(std::string wanted, std::vector<TypeInfo> alternatives) {
    TypeInfo type{.kind = Kind::either, .wanted = std::move(wanted)};
    type.alternatives = std::move(alternatives);
    return type;
  }
  static TypeInfo words(std::vector<std::string> choices) {
    return TypeInfo{.kind = Kind::choice, .choices = std::move(choices)};
  }
  static TypeInfo list_of(TypeInfo element) {
    return TypeInfo{.kind = Kind::list, .element = std::make_shared<const TypeInfo>(std::move(element))};
  }
  static TypeInfo options_of(std::shared_ptr<const TableInfo> table) {
    return TypeInfo{.kind = Kind::table, .table = std::move(table)};
  }
  static TypeInfo connector_of(std::string role) {
    return TypeInfo{.kind = Kind::connector, .role = std::move(role)};
  }
};

/// One option as declared. The setters are for the declaration only.
struct OptionInfo {
  std::string name = {};
  TypeInfo type = {};
  bool is_required = false;
  bool is_secret = false;
  /// As it would be written in YAML; absent if there is none to show.
  std::optional<std::string> default_text = {};
  std::string help_text = {};
  std::string example_text = {};

  OptionInfo& required() {
    is_required = true;
    default_text.reset();
    return *this;
  }
  /// One sentence, no full stop.
  OptionInfo& help(std::string text) {
    help_text = std::move(text);
    return *this;
  }
  /// A value as written in YAML.
  OptionInfo& example(std::string text) {
    example_text = std::move(text);
    return *this;
  }
  /// Replaces the default that was read from the settings struct: "the file's stem".
  OptionInfo& default_note(std::string text);
  bool default_is_note = false;
};

/// Which connector a URI names and which option each of its pieces is. An empty option name: that piece is
/// not allowed. Query parameters are options by their own names, unless the whole URI is one option.
struct UriRule {
  std::vector<std::string> schemes = {};  ///< {"kafka"}; the first one is shown
  std::vector<std::string> words = {};    ///< bare words: {"discard"}
  bool plain_paths = false;               ///< what has no scheme and is no word
  std::string user = {};
  std::string password = {};
  /// `host` takes the hosts; their ports too ("k1:9092") unless `port` names an option. Hosts become a list
  /// if that option takes a list, else stay comma-separated.
  std::string host = {};
  std::string port = {};
  /// Without its leading slash if the URI has an authority part; a list (by comma) if that option takes a
  /// list.
  std::string path = {};
  /// The whole text, query included (http, https); then no piece above is set.
  std::string whole = {};
};

/// The options of a connector, codec, transform or section, for whoever only describes them.
struct TableInfo {
  std::string name = {};     ///< what it is called in messages: "kafka source", "pipeline"
  std::string keyword = {};  ///< what selects it: `type: kafka`, `filter:`; may be empty
  std::string summary = {};  ///< one sentence
  std::vector<OptionInfo> options = {};
  /// The option that a value which is no map stands for (`filter: <expression>`); empty: none.
  std::string compact = {};
  /// Set if all other keys are free (`set: {path: expression}`).
  std::optional<TypeInfo> free_keys = {};
  std::string free_keys_name = {};  ///< "a field path"
  std::string free_keys_help = {};
  std::vector<UriRule> uri_rules = {};
  std::vector<std::string> uri_examples = {};

  const OptionInfo* find(std::string_view option) const;
  std::vector<std::string> option_names() const;
};

}  // namespace hiveframe::config
