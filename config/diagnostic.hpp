#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/source_file.hpp"

namespace hiveframe::config {

/// One problem of the user's configuration: where, what, and what to do (may be empty). Messages start in
/// lower case, name the thing in 'single quotes', and have no full stop.
struct Diagnostic {
  Span span;
  std::string message;
  std::string hint;
};

/// Collects every problem of a run over one or many files. Not thread-safe. The same problem at the same
/// place (reached twice through a YAML alias) is kept once; past the limit problems are only counted.
class Diagnostics {
 public:
  static constexpr std::size_t default_limit = 100;
  explicit Diagnostics(std::size_t limit = default_limit) : limit_(limit) {}

  /// Passwords of URIs in the texts, and parameters that sound secret, become ***.
  void error(Span span, std::string message, std::string hint = {});
  /// A problem of a file as such: it cannot be opened, say.
  void file_error(std::string file_name, std::string message, std::string hint = {});
  /// Nothing more is said of what begins in this place: it is wrong as a whole, and that was reported.
  void damaged(const Span& span);
  /// The source text of a secret: shown as *** in the lines that render() quotes.
  void conceal(const Span& span);

  bool empty() const { return count_ == 0; }
  std::size_t count() const { return count_; }
  /// How often something was reported, repetitions included: a reader compares it before and after to learn
  /// whether what it read was sound.
  std::size_t reports() const { return reports_; }
  /// In order of file (as first reported), then position.
  std::vector<Diagnostic> sorted() const;
  const std::vector<Span>& concealed() const { return concealed_; }

  /// Everything as text, as the command line shows it, ending with `3 errors in 1 file` and a newline. Empty
  /// if there is nothing to say.
  std::string render() const;

 private:
  bool is_damaged(const Span& span) const;

  std::size_t limit_;
  std::size_t count_ = 0;
  std::size_t reports_ = 0;
  std::set<std::string> files_;
  std::vector<Diagnostic> kept_;
  std::map<std::pair<SourceFilePtr, std::size_t>, std::size_t> damaged_;  ///< by where it begins: its end
  std::vector<Span> concealed_;
};

/// One diagnostic as `file:line:column: error: …`, the quoted line with its caret, and the hint.
std::string render(const Diagnostic& diagnostic, const std::vector<Span>& concealed = {});
/// The same on one line, without the quoted one: `file:line:column: message; hint`.
std::string one_line(const Diagnostic& diagnostic);

}  // namespace hiveframe::config
