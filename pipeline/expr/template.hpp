#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/text.hpp"
#include "pipeline/expr/problem.hpp"
#include "pipeline/expr/program.hpp"

namespace hiveframe::expr {

/// Text with expressions, settled for each record: `orders-{{ record.country }}`. `{{{{` is a literal `{{`.
/// Immutable and shared by all threads, like Program.
class Template {
 public:
  /// A stretch of literal text, or an expression. The literal is what is left of `{{{{`.
  struct Piece {
    config::LocatedText literal;
    std::optional<Program> program;
  };

  /// Nothing if there were problems, which are then added.
  static std::optional<Template> compile(const config::LocatedText& text, std::vector<Problem>& problems);
  explicit Template(std::vector<Piece> pieces);
  /// What its value is called where it cannot be a text: "the value of 'day' in partition_by".
  void call_it(std::string what) { what_ = std::move(what); }

  /// Appends the text for one record to `out`: values as string() writes them. False: an expression failed,
  /// or gave null, a list or a map, which have no place in a text; `out` is then as it was.
  bool render(record::Draft& draft, const Inputs& inputs, std::string& out, Failure& failure) const;
  /// The same text in `into`.
  bool render(record::Draft& draft, const Inputs& inputs, record::Arena& into, std::string_view& out,
              Failure& failure) const;
  /// A value: that of the expression, with its type, if the template is one `{{ }}` and nothing else; else
  /// the text as a string in draft.arena().
  bool evaluate(record::Draft& draft, const Inputs& inputs, record::Value& result, Failure& failure) const;

  /// The text, if there is no expression in it.
  [[nodiscard]] std::optional<std::string> constant() const;
  [[nodiscard]] const std::vector<Piece>& pieces() const noexcept { return pieces_; }

 private:
  std::vector<Piece> pieces_;
  std::string what_;
};

}  // namespace hiveframe::expr
