#include "config/diagnostic.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "config/secrets_in_text.hpp"

namespace hiveframe::config {
namespace {

const std::string& file_name(const Diagnostic& diagnostic) {
  static const std::string none;
  return diagnostic.span.file ? diagnostic.span.file->name() : none;
}

}  // namespace

void Diagnostics::error(Span span, std::string message, std::string hint) {
  // Of too many only the first are kept; the rest need no care.
  if (kept_.size() < limit_) {
    message = without_secrets(message);
    hint = without_secrets(hint);
  }
  const bool known = std::any_of(kept_.begin(), kept_.end(), [&](const Diagnostic& each) {
    return each.span.file == span.file && each.span.begin == span.begin && each.message == message;
  });
  const bool follows = is_damaged(span);
  // A problem met twice through an alias is one problem, but it is a problem of both readings.
  ++reports_;
  if (known || follows) return;
  ++count_;
  if (span.file) files_.insert(span.file->name());
  if (kept_.size() < limit_) kept_.push_back({std::move(span), std::move(message), std::move(hint)});
}

void Diagnostics::file_error(std::string file_name, std::string message, std::string hint) {
  error(Span::of_file(SourceFile::make(std::move(file_name), {})), std::move(message), std::move(hint));
}

void Diagnostics::damaged(const Span& span) {
  if (!span.has_place()) return;
  std::size_t& end = damaged_[{span.file, span.begin}];
  end = std::max(end, span.end);
}

// Damaged values do not overlap.
bool Diagnostics::is_damaged(const Span& span) const {
  auto after = damaged_.upper_bound({span.file, span.begin});
  if (after == damaged_.begin()) return false;
  const auto& [place, end] = *std::prev(after);
  return place.first == span.file && span.begin < end;
}

void Diagnostics::conceal(const Span& span) {
  if (span.has_place()) concealed_.push_back(span);
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<std::string> files;
  for (const Diagnostic& each : kept_)
    if (std::find(files.begin(), files.end(), file_name(each)) == files.end())
      files.push_back(file_name(each));
  const auto rank = [&](const Diagnostic& each) {
    const auto file = std::find(files.begin(), files.end(), file_name(each)) - files.begin();
    // What concerns the file as such comes before its lines.
    const std::size_t place = each.span.has_place() ? each.span.begin + 1 : 0;
    return std::pair(file, place);
  };
  std::vector<Diagnostic> result = kept_;
  std::stable_sort(result.begin(), result.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return rank(a) < rank(b); });
  return result;
}

std::string Diagnostics::render() const {
  if (empty()) return {};
  std::string out;
  for (const Diagnostic& each : sorted())
    out += config::render(each, concealed_);
  out += fmt::format("{} error{}", count_, count_ == 1 ? "" : "s");
  if (!files_.empty()) out += fmt::format(" in {} file{}", files_.size(), files_.size() == 1 ? "" : "s");
  if (kept_.size() < count_) out += fmt::format("; the first {} are shown", kept_.size());
  out += '\n';
  return out;
}

}  // namespace hiveframe::config
