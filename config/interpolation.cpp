#include "config/interpolation.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

#include "config/utf8.hpp"

namespace hiveframe::config {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t deepest = 16;  // references inside each other

bool is_name(std::string_view text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text.front()))) return false;
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

class Interpolation {
 public:
  Interpolation(const LocatedText& text, const Environment& environment, Diagnostics& diagnostics,
                std::size_t depth)
      : text_(text),
        environment_(environment),
        diagnostics_(diagnostics),
        depth_(depth),
        result_(text.span()) {
    if (text.secret()) result_.mark_secret();
  }

  std::optional<LocatedText> run() {
    std::size_t done = 0;
    const std::vector<Reference> references = find_references(text_.view());
    if (depth_ > deepest && !references.empty()) {
      error(references[0].begin, references[0].begin + 2,
            fmt::format("'${{…}}' is nested more than {} deep", deepest));
      return std::nullopt;
    }
    for (const Reference& reference : references) {
      copy_literal(done, reference.begin);
      if (reference.end == npos) {
        error(reference.begin, reference.begin + 2, "'${' is not closed",
              "add '}', or write '$${' for a literal '${'");
        return std::nullopt;
      }
      settle(reference);
      done = reference.end;
    }
    copy_literal(done, text_.size());
    if (failed_) return std::nullopt;
    return std::move(result_);
  }

 private:
  void error(std::size_t begin, std::size_t end, std::string message, std::string hint = {}) {
    diagnostics_.error(text_.span(begin, end), std::move(message), std::move(hint));
    failed_ = true;
  }

  // `$${` becomes `${`.
  void copy_literal(std::size_t begin, std::size_t end) {
    std::size_t at = begin;
    while (at < end) {
      const std::size_t escape = std::min(text_.view().find("$${", at), end);
      result_.append(text_, at, escape - at);
      if (escape == end) break;
      result_.append(text_, escape + 1, 2);
      at = escape + 3;
    }
  }

  void settle(const Reference& reference) {
    const std::size_t inner = reference.begin + 2;
    const LocatedText body = text_.part(inner, reference.end - 1 - inner);
    std::optional<std::string> value;
    if (body.view().starts_with("file:")) {
      if (const auto name = settled(body, 5)) value = file(*name, reference, inner + 5);
    } else if (body.view().starts_with("credential:")) {
      if (const auto name = settled(body, 11)) value = credential(*name, reference, inner + 11);
    } else {
      value = variable(body, reference);
    }
    if (!value) {
      failed_ = true;
      return;
    }
    if (find_invalid_utf8(*value) != npos || value->find('\0') != npos) {
      error(reference.begin, reference.end, "the value of this reference is not valid UTF-8 text");
      return;
    }
    // Without a file there are no places to keep.
    const Span place = text_.span(reference.begin, reference.end);
    result_.append_replaced(*value, place.begin, place.end);
  }

  // What stands behind the first `skip` bytes of a reference's body, with the references in it. What comes
  // from a secret makes the whole one.
  std::optional<LocatedText> settled(const LocatedText& body, std::size_t skip) {
    const LocatedText rest = body.part(skip);
    if (rest.view().find("${") == npos) return rest;
    return Interpolation(rest, environment_, diagnostics_, depth_ + 1).run();
  }

  std::optional<std::string> variable(const LocatedText& body, const Reference& reference) {
    const std::size_t colon = std::min(body.view().find(':'), body.size());
    const std::string_view name = body.view().substr(0, colon);
    const std::size_t name_begin = reference.begin + 2;
    if (!is_name(name)) {
      const std::string what = name.empty() ? "a variable's name is missing"
                                            : fmt::format("{} is no name of a variable", quote(name));
      error(name_begin, std::max(name_begin + name.size(), name_begin + 1), what,
            "write ${VAR}, ${VAR:-default}, ${VAR:?why}, ${file:/path} or ${credential:NAME}");
      return std::nullopt;
    }
    const std::string_view rest = body.view().substr(colon);
    const bool has_default = rest.starts_with(":-");
    const bool has_reason = rest.starts_with(":?");
    if (!rest.empty() && !has_default && !has_reason) {
      error(name_begin + colon, reference.end - 1, fmt::format("{} after a variable's name", quote(rest)),
            "write ${VAR:-default} or ${VAR:?why}");
      return std::nullopt;
    }
    std::optional<std::string> value = environment_.variable(name);
    const bool usable = value && (!value->empty() || (!has_default && !has_reason));
    if (usable) return value;
    if (has_default) {
      const std::optional<LocatedText> instead = settled(body, colon + 2);
      if (!instead) return std::nullopt;
      if (instead->secret()) result_.mark_secret();
      return instead->str();
    }
    const std::string state = value ? "empty" : "not set";
    const std::string reason = has_reason ? reason_of(body, colon + 2) : std::string();
    error(reference.begin, reference.end, fmt::format("variable {} is {}", quote(name), state),
          !reason.empty() ? reason : fmt::format("set it, or give a default: ${{{}:-…}}", name));
    return std::nullopt;
  }

  std::string reason_of(const LocatedText& body, std::size_t skip) {
    const std::optional<LocatedText> reason = settled(body, skip);
    return reason && !reason->secret() ? reason->str() : body.str().substr(skip);
  }

  std::optional<std::string> contents(const std::filesystem::path& path, std::string_view what,
                                      const std::string& shown, const Reference& reference) {
    Environment::FileText file = environment_.read_file(path);
    if (!file.content) {
      error(reference.begin, reference.end, fmt::format("cannot read {} {}: {}", what, shown, file.error));
      return std::nullopt;
    }
    std::string& content = *file.content;
    if (content.ends_with("\r\n")) {
      content.resize(content.size() - 2);
    } else if (content.ends_with('\n')) {
      content.pop_back();
    }
    result_.mark_secret();
    return std::move(content);
  }

  std::optional<std::string> file(const LocatedText& name, const Reference& reference, std::size_t begin) {
    if (name.empty()) {
      error(begin - 5, begin, "'file:' needs a path", "write ${file:/run/secrets/x}");
      return std::nullopt;
    }
    std::filesystem::path path(name.str());
    if (path.is_relative() && text_.span().file) path = text_.span().file->folder() / path;
    return contents(path, "file", name.secret() ? name.quoted() : quote(path.string()), reference);
  }

  std::optional<std::string> credential(const LocatedText& text, const Reference& reference,
                                        std::size_t begin) {
    const std::string& name = text.str();
    if (name.empty() || name == "." || name == ".." || name.find('/') != npos) {
      error(reference.begin, reference.end, "'credential:' needs the name of a credential, not a path",
            name.find('/') != npos ? "for a path write ${file:…}" : "write ${credential:NAME}");
      return std::nullopt;
    }
    const std::optional<std::string> folder = environment_.variable("CREDENTIALS_DIRECTORY");
    if (!folder || folder->empty()) {
      error(begin - 11, reference.end - 1, fmt::format("there is no credential {}", text.quoted()),
            "systemd passes credentials to a service (LoadCredential=) and sets CREDENTIALS_DIRECTORY");
      return std::nullopt;
    }
    const std::filesystem::path path = std::filesystem::path(*folder) / name;
    return contents(path, "credential", text.secret() ? text.quoted() : quote(path.string()), reference);
  }

  const LocatedText& text_;
  const Environment& environment_;
  Diagnostics& diagnostics_;
  std::size_t depth_;
  LocatedText result_;
  bool failed_ = false;
};

// One past the brace that closes the one at `begin`, or npos.
std::size_t end_of_braces(std::string_view text, std::size_t begin) {
  std::size_t depth = 0;
  for (std::size_t at = begin; (at = text.find_first_of("{}", at)) != npos; ++at) {
    if (text[at] == '{') {
      ++depth;
    } else if (--depth == 0) {
      return at + 1;
    }
  }
  return npos;
}

}  // namespace

std::vector<Reference> find_references(std::string_view text) {
  std::vector<Reference> result;
  for (std::size_t at = 0; (at = text.find("${", at)) != npos;) {
    if (at > 0 && text[at - 1] == '$') {
      at += 2;
      continue;
    }
    const std::size_t end = end_of_braces(text, at + 1);
    result.push_back({at, end});
    if (end == npos) break;
    at = end;
  }
  return result;
}

LocatedText without_escapes(const LocatedText& text) {
  if (text.view().find("$${") == npos) return text;
  LocatedText result(text.span());
  std::size_t done = 0;
  for (std::size_t at = 0; (at = text.view().find("$${", at)) != npos; at += 3) {
    result.append(text, done, at - done);
    done = at + 1;
  }
  result.append(text, done, text.size() - done);
  return result;
}

std::optional<LocatedText> interpolate(const LocatedText& text, const Environment& environment,
                                       Diagnostics& diagnostics) {
  if (text.view().find("${") == npos) return text;
  return Interpolation(text, environment, diagnostics, 0).run();
}

}  // namespace hiveframe::config
