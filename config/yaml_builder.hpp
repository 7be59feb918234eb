#pragma once

// Only yaml.cpp and the files of yaml_builder include this: it brings yaml-cpp along.

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include "config/diagnostic.hpp"
#include "config/node.hpp"
#include "config/scalar_places.hpp"
#include "config/yaml.hpp"

namespace hiveframe::config {

/// Builds nodes from the events of yaml-cpp's parser, and finds what yaml-cpp lets pass: repeated keys, tags,
/// unclosed quotes, documents without a mark. Used for one file, by parse_yaml().
class YamlBuilder final : public YAML::EventHandler {
 public:
  /// Thrown out of the parser when going on is pointless; the reason has been reported.
  struct Stop {};

  YamlBuilder(SourceFilePtr file, Diagnostics& diagnostics, const YamlLimits& limits);

  std::vector<Node> take() { return std::move(documents_); }

  /// In the file. yaml-cpp's marks count bytes from 0, and here not the byte order mark.
  std::size_t offset(const YAML::Mark& mark) const;
  /// Where the lists and maps in brackets that are not closed yet begin, outermost first.
  std::vector<std::size_t> open_brackets() const;

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override;
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

 private:
  struct Merge {
    std::size_t position;  ///< among the entries
    Node map;
  };
  struct Frame {
    bool is_map = false;
    bool flow = false;
    bool bracketed = false;  ///< false for the map in `[key: value]`
    std::size_t begin = 0;
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::vector<Node> items;
    std::vector<Entry> entries;
    std::unordered_map<std::string, std::size_t> lines;  ///< of the keys
    std::vector<Merge> merges;
    /// A key was read and its value is awaited.
    bool has_key = false;
    bool key_is_sound = false;
    bool key_is_merge = false;
    LocatedText key;
  };

  Span span(std::size_t begin, std::size_t end) const { return {file_, begin, end}; }

  bool starts_quoted(std::size_t at) const;
  void check_tag(const Properties& properties);
  LocatedText tag_as_text(const Properties& properties) const;
  /// `~`, `null`: its length; 0 if nothing is written there, or what is written is the next key.
  std::size_t null_literal(std::size_t at) const;
  /// Of a null that nothing was written for: its key, or the dash of its list item.
  Span place_of_omitted(std::size_t at) const;
  /// yaml-cpp takes a last line without a colon for a key.
  void check_colon();
  /// Against the limits.
  void count(std::size_t at, std::size_t nodes, std::size_t bytes);
  [[noreturn]] void too_deep(std::size_t at);
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style, bool is_map);
  void close();
  /// `literal` is what a null was written as.
  void add(const Node& node, YAML::anchor_t anchor, std::string_view literal = {});
  /// `key: {{ … }}` that begins there. Says what to write, and that nothing more need be said of it.
  void report_bare_template(std::size_t at);
  void take_key(Frame& frame, const Node& node, std::string_view literal);
  /// YAML 1.1 merge keys: what the map says itself wins, then the first of several maps.
  void merge(Frame& frame, const Node& value);
  /// Merged entries stand where their `<<` stood.
  static std::vector<Entry> merged_entries(Frame& frame);
  /// A document after the first needs `---` or `...` in front of it, which yaml-cpp does not ask for.
  void check_between_documents(std::size_t at);

  SourceFilePtr file_;
  const std::string& source_;
  Diagnostics& diagnostics_;
  const YamlLimits& limits_;

  std::vector<Node> documents_;
  std::vector<Frame> frames_;
  std::unordered_map<YAML::anchor_t, Node> anchors_;
  Node root_;
  std::size_t last_end_ = 0;  ///< of the value read last
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  bool after_document_ = false;
};

}  // namespace hiveframe::config
