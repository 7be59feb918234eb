#include "pipeline/transform/key_values.hpp"

#include <string>
#include <unordered_set>

namespace hiveframe::transform {
namespace {

using record::DataError;
using record::Value;

// Behind a backslash, and what it stands for.
constexpr std::string_view escapes = "\"\\nrt";
constexpr std::string_view meanings = "\"\\\n\r\t";

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Scanner {
 public:
  Scanner(std::string_view text, const KeyValueSyntax& syntax, record::Arena& arena, DataError& error)
      : text_(text), syntax_(syntax), arena_(arena), error_(error) {}

  bool read(std::vector<record::Member>& members) {
    members.clear();
    for (;;) {
      skip_between();
      if (at_ == text_.size()) return true;
      const std::size_t name_at = at_;
      const std::string_view name = plain(syntax_.between_both);
      if (name.empty()) return fail(at_, "a name is missing");
      Value value = Value::boolean(true);
      if (at_ < text_.size() && text_[at_] == syntax_.between_both) {
        ++at_;
        while (syntax_.between_pairs != ' ' && at_ < text_.size() && text_[at_] == ' ')
          ++at_;
        if (!read_value(value)) return false;
      }
      if (!names_.insert(name).second) {
        error_ = {DataError::Type::duplicate_key, "'" + std::string(name) + "' at byte " +
                                                      std::to_string(name_at + 1) + " stands there twice"};
        return false;
      }
      members.push_back({name, value});
    }
  }

 private:
  // Any space does where pairs are apart by spaces.
  [[nodiscard]] bool ends_pair(char c) const noexcept {
    return c == syntax_.between_pairs || (syntax_.between_pairs == ' ' && is_space(c));
  }

  void skip_between() {
    while (at_ < text_.size() && (text_[at_] == syntax_.between_pairs || is_space(text_[at_])))
      ++at_;
  }

  // Up to the end of the pair, or to `stop`, without space around it.
  std::string_view plain(char stop) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && !ends_pair(text_[at_]) && text_[at_] != stop)
      ++at_;
    std::string_view found = text_.substr(begin, at_ - begin);
    while (!found.empty() && is_space(found.back()))
      found.remove_suffix(1);
    return found;
  }

  bool read_value(Value& value) {
    if (at_ == text_.size() || text_[at_] != '"') {
      value = Value::string(plain(syntax_.between_pairs));
      return true;
    }
    const std::size_t quote = at_++;
    const std::size_t begin = at_;
    bool escaped = false;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\') {
        escaped = true;
        ++at_;
      }
      if (at_ < text_.size()) ++at_;
    }
    if (at_ == text_.size()) return fail(quote, "a quote is not closed");
    const std::string_view inside = text_.substr(begin, at_++ - begin);
    if (at_ < text_.size() && text_[at_] != syntax_.between_pairs && !is_space(text_[at_]))
      return fail(at_, "a value goes on behind its closing quote");
    value = Value::string(escaped ? unescaped(inside) : inside);
    return true;
  }

  std::string_view unescaped(std::string_view inside) {
    const std::span<char> room = arena_.array<char>(inside.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < inside.size(); ++i) {
      char c = inside[i];
      if (c == '\\' && i + 1 < inside.size()) {
        const std::size_t known = escapes.find(inside[i + 1]);
        if (known != std::string_view::npos) {
          c = meanings[known];
          ++i;
        }
      }
      room[size++] = c;
    }
    return {room.data(), size};
  }

  bool fail(std::size_t at, std::string_view what) {
    error_ = {DataError::Type::syntax, std::string(what) + " at byte " + std::to_string(at + 1)};
    return false;
  }

  std::string_view text_;
  const KeyValueSyntax& syntax_;
  record::Arena& arena_;
  DataError& error_;
  std::size_t at_ = 0;
  std::unordered_set<std::string_view> names_;
};

}  // namespace

bool read_key_values(std::string_view text, const KeyValueSyntax& syntax, record::Arena& arena,
                     std::vector<record::Member>& members, DataError& error) {
  return Scanner(text, syntax, arena, error).read(members);
}

}  // namespace hiveframe::transform
