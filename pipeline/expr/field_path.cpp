#include "pipeline/expr/field_path.hpp"

#include <algorithm>
#include <charconv>

#include "config/text.hpp"
#include "config/utf8.hpp"
#include "pipeline/expr/literal.hpp"

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Value;

constexpr std::size_t max_steps = 64;

bool is_name_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class PathReader {
 public:
  PathReader(std::string_view text, Problem& problem) : text_(text), problem_(problem) {}

  std::optional<FieldPath> read() {
    if (text_.empty()) fail(0, "a field path is missing", "a.b, a[0] or a['x.y']");
    while (at_ < text_.size() && !failed_) {
      if (steps_.size() == max_steps) {
        fail(at_, "the field path is too deep", {});
      } else if (text_[at_] == '[') {
        bracket();
      } else {
        name();
      }
    }
    if (failed_) return std::nullopt;
    return FieldPath(std::move(steps_));
  }

 private:
  void name() {
    if (!steps_.empty()) {
      if (text_[at_] != '.') return unexpected();
      ++at_;
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_byte(text_[at_]))
      ++at_;
    if (at_ == begin) return unexpected();
    steps_.push_back({std::string(text_.substr(begin, at_ - begin)), 0, false});
  }

  void bracket() {
    const std::size_t open = at_++;
    FieldPath::Step step;
    if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) {
      const std::optional<QuotedLiteral> quoted = find_quoted(text_, at_, problem_);
      std::optional<std::string> name = quoted ? unquote(text_, *quoted, problem_) : std::nullopt;
      if (!name) {
        failed_ = true;
        return;
      }
      step.name = std::move(*name);
      at_ = quoted->end;
    } else {
      const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), step.index);
      if (error == std::errc::invalid_argument) {
        return fail(at_, "a number or a name in quotes is wanted after '['", "a[0] or a['x.y']");
      }
      if (error != std::errc()) return fail(at_, "the index is too large", {});
      step.is_index = true;
      at_ = static_cast<std::size_t>(end - text_.data());
    }
    if (at_ == text_.size() || text_[at_] != ']')
      return fail(open, "the '[' is not closed", "a[0] or a['x.y']");
    if (step.is_index && steps_.empty()) {
      return fail(open, "a field path starts with a name", "a record is an object");
    }
    ++at_;
    steps_.push_back(std::move(step));
  }

  void unexpected() {
    const std::string hint = "a name with other characters stands in brackets: a['x.y']";
    if (at_ == text_.size()) return fail(at_, "the field path ends where a name is wanted", hint);
    const std::size_t size = config::code_point_at(text_, at_).size;
    fail(at_, "unexpected " + config::quote(text_.substr(at_, size)) + " in a field path", hint);
  }

  void fail(std::size_t at, std::string message, std::string hint) {
    problem_ = {at, std::min(at + 1, text_.size()), std::move(message), std::move(hint)};
    failed_ = true;
  }

  std::string_view text_;
  Problem& problem_;
  std::size_t at_ = 0;
  bool failed_ = false;
  std::vector<FieldPath::Step> steps_;
};

}  // namespace

const Value* FieldPath::Step::find_in(const Value& parent) const noexcept {
  if (!is_index) return parent.find(name);
  if (!parent.is(Kind::list) || index >= parent.items().size()) return nullptr;
  return &parent.items()[index];
}

std::optional<FieldPath> FieldPath::parse(std::string_view text, Problem& problem) {
  return PathReader(text, problem).read();
}

FieldPath::FieldPath(std::vector<Step> steps) : steps_(std::move(steps)) {}

std::string FieldPath::str() const {
  std::string text;
  for (const Step& step : steps_) {
    if (step.is_index) {
      text.append("[").append(std::to_string(step.index)).append("]");
    } else if (!step.name.empty() && std::all_of(step.name.begin(), step.name.end(), is_name_byte)) {
      if (!text.empty()) text += ".";
      text += step.name;
    } else {
      text += "['";
      for (const char c : step.name) {
        if (c == '\'' || c == '\\') text += '\\';
        if (c == '\n' || c == '\r') {
          text += c == '\n' ? "\\n" : "\\r";
        } else {
          text += c;
        }
      }
      text += "']";
    }
  }
  return text;
}

bool FieldPath::contains(const FieldPath& other) const noexcept {
  return steps_.size() <= other.steps_.size() &&
         std::equal(steps_.begin(), steps_.end(), other.steps_.begin());
}

const Value* FieldPath::get(const Value& root) const noexcept {
  const Value* at = &root;
  for (const Step& step : steps_) {
    at = step.find_in(*at);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::optional<Value> FieldPath::get(record::Draft& draft) const {
  const bool names_only = std::ranges::none_of(steps_, &Step::is_index);
  if (draft.record().tree || !names_only) {
    const Value* found = get(draft.value());
    return found != nullptr ? std::optional(*found) : std::nullopt;
  }
  const std::span<std::string_view> names = draft.arena().array<std::string_view>(steps_.size());
  std::ranges::transform(steps_, names.begin(),
                         [](const Step& step) -> std::string_view { return step.name; });
  return draft.find(names);
}

bool FieldPath::is_sibling_of(const FieldPath& other) const noexcept {
  return steps_.size() == other.steps_.size() && !steps_.empty() && !steps_.back().is_index &&
         !other.steps_.back().is_index && steps_.back().name != other.steps_.back().name &&
         std::equal(steps_.begin(), steps_.end() - 1, other.steps_.begin());
}

}  // namespace hiveframe::expr
