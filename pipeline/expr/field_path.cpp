#include "pipeline/expr/field_path.hpp"

#include <algorithm>
#include <charconv>

#include "config/text.hpp"
#include "config/utf8.hpp"
#include "pipeline/expr/literal.hpp"

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Member;
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

const Value* child(const Value& parent, const FieldPath::Step& step) noexcept {
  if (!step.is_index) return parent.find(step.name);
  if (!parent.is(Kind::list) || step.index >= parent.items().size()) return nullptr;
  return &parent.items()[step.index];
}

using Steps = std::span<const FieldPath::Step>;

std::string text_of(Steps steps) {
  return FieldPath(std::vector<FieldPath::Step>(steps.begin(), steps.end())).str();
}

// A copy of an object's members with one of them replaced or added.
Value with_member(const Value& object, std::string_view name, const Value& value, record::Arena& arena) {
  const std::span<const Member> old = object.is(Kind::object) ? object.members() : std::span<const Member>();
  const auto found =
      std::find_if(old.begin(), old.end(), [&](const Member& each) { return each.name == name; });
  const std::span<Member> members = arena.array<Member>(old.size() + (found == old.end() ? 1 : 0));
  std::copy(old.begin(), old.end(), members.begin());
  if (found == old.end()) {
    members.back() = {arena.copy(name), value};
  } else {
    members[static_cast<std::size_t>(found - old.begin())].value = value;
  }
  return Value::object(members);
}

// The parent as it is once `value` stands below it at steps[done...].
bool put(const Value& parent, Steps steps, std::size_t done, const Value& value, record::Arena& arena,
         Value& out, record::DataError& error) {
  if (done == steps.size()) {
    out = value;
    return true;
  }
  const FieldPath::Step& step = steps[done];
  const auto fail = [&](const std::string& why) {
    error.type = record::DataError::Type::value;
    error.message = "cannot set '" + text_of(steps) + "': " + why;
    return false;
  };
  std::string parent_name = "the record";
  if (done > 0) parent_name.assign("'").append(text_of(steps.first(done))).append("'");
  Value inner;
  if (step.is_index) {
    if (!parent.is(Kind::list)) return fail(parent_name + (parent.is_null() ? " is absent" : " is no list"));
    const std::span<const Value> old = parent.items();
    if (step.index >= old.size()) {
      return fail(parent_name + " has " + std::to_string(old.size()) +
                  (old.size() == 1 ? " item" : " items"));
    }
    if (!put(old[step.index], steps, done + 1, value, arena, inner, error)) return false;
    const std::span<Value> items = arena.array<Value>(old.size());
    std::copy(old.begin(), old.end(), items.begin());
    items[step.index] = inner;
    out = Value::list(items);
    return true;
  }
  if (!parent.is(Kind::object) && !parent.is_null()) return fail(parent_name + " is no object");
  const Value* old = parent.find(step.name);
  if (!put(old != nullptr ? *old : Value(), steps, done + 1, value, arena, inner, error)) return false;
  out = with_member(parent, step.name, inner, arena);
  return true;
}

// The parent without what stands below it at the steps. False: there is nothing.
bool take(const Value& parent, Steps steps, record::Arena& arena, Value& out) {
  const FieldPath::Step& step = steps[0];
  const Value* old = child(parent, step);
  if (old == nullptr) return false;
  Value inner;
  const bool stays = steps.size() > 1;
  if (stays && !take(*old, steps.subspan(1), arena, inner)) return false;
  if (step.is_index) {
    const std::span<const Value> items = parent.items();
    const std::span<Value> kept = arena.array<Value>(items.size() - (stays ? 0 : 1));
    std::size_t count = 0;
    for (const Value& item : items) {
      if (&item != old) kept[count++] = item;
      if (&item == old && stays) kept[count++] = inner;
    }
    out = Value::list(kept);
    return true;
  }
  const std::span<const Member> members = parent.members();
  const std::span<Member> kept = arena.array<Member>(members.size() - (stays ? 0 : 1));
  std::size_t count = 0;
  for (const Member& member : members) {
    if (&member.value != old) kept[count++] = member;
    if (&member.value == old && stays) kept[count++] = {member.name, inner};
  }
  out = Value::object(kept);
  return true;
}

}  // namespace

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
    at = child(*at, step);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::optional<Value> FieldPath::get(record::Draft& draft) const {
  std::string_view names[max_steps];
  std::size_t count = 0;
  for (const Step& step : steps_) {
    if (step.is_index || count == max_steps) {
      const Value* found = get(draft.value());
      return found != nullptr ? std::optional(*found) : std::nullopt;
    }
    names[count++] = step.name;
  }
  return draft.find(std::span<const std::string_view>(names, count));
}

bool FieldPath::set(Value& root, const Value& value, record::Arena& arena, record::DataError& error) const {
  Value changed;
  if (!put(root, steps_, 0, value, arena, changed, error)) return false;
  root = changed;
  return true;
}

bool FieldPath::remove(Value& root, record::Arena& arena) const {
  Value changed;
  if (!take(root, steps_, arena, changed)) return false;
  root = changed;
  return true;
}

}  // namespace hiveframe::expr
