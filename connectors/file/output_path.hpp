#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/expr/template.hpp"

namespace hiveframe::connectors::file {

/// The path of a file sink, and what a record may make of it. Pure.
///
/// Below root(), the folders before the first expression, everything is a record's say; so what it comes to
/// must have exactly the folders that were written: no value may hold a '/' or a NUL, be '.' or '..', or make
/// a name that begins with a dot, where nobody would look for it.
class OutputPath {
 public:
  /// `folder` is where a relative path starts. `problem` says why not: as a diagnostic, with a hint.
  struct Problem {
    std::string message;
    std::string hint;
  };
  static std::optional<OutputPath> make(const expr::Template& path, const std::string& folder,
                                        Problem& problem);

  /// Without expressions, and without a '/' at the end.
  [[nodiscard]] bool is_fixed() const noexcept { return fixed_; }
  /// Has an extension; otherwise it is a folder of part files.
  [[nodiscard]] bool is_file() const noexcept { return is_file_; }
  /// A name such as records may make it: for its extension. With expressions as "x".
  [[nodiscard]] const std::string& sample() const noexcept { return sample_; }
  /// The folders that no record can change.
  [[nodiscard]] const std::string& root() const noexcept { return root_; }
  /// For people.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// What the workers settle for each record; absolute.
  [[nodiscard]] const expr::Template& path() const noexcept { return path_; }

  /// Why this, which path() came to, cannot be written to; nothing if it can.
  [[nodiscard]] std::optional<std::string> refuse(std::string_view settled) const;

 private:
  explicit OutputPath(expr::Template path) : path_(std::move(path)) {}

  struct Component {
    std::string literal;  // what is left of it when every expression gives nothing
    bool has_expression = false;
    bool hidden = false;  // begins with a dot that no record gave
  };

  expr::Template path_;
  std::vector<Component> components_;
  std::string root_;
  std::string sample_;
  std::string text_;
  bool fixed_ = false;
  bool is_file_ = false;
};

/// `name=value` as Hive writes a partition's folder: special characters as %XX; an empty value is
/// __HIVE_DEFAULT_PARTITION__, as null is. Hive's FileUtils.escapePathName.
std::string partition_folder(std::string_view name, std::string_view value);

/// The longest file name that Linux takes.
inline constexpr std::size_t longest_name = 255;

}  // namespace hiveframe::connectors::file
