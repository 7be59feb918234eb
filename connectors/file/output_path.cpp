#include "connectors/file/output_path.hpp"

#include <filesystem>
#include <utility>

#include "connectors/file/hidden_name.hpp"

namespace hiveframe::connectors::file {
namespace {

std::string shown(std::string_view path) {
  std::string text;
  for (const char c : path)
    text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return "'" + text + "'";
}

/// The template with an absolute path's beginning, its literal folders normalised.
expr::Template absolute(const expr::Template& path, const std::string& folder) {
  std::vector<expr::Template::Piece> pieces = path.pieces();
  if (pieces.empty() || pieces.front().program) {
    pieces.insert(pieces.begin(), expr::Template::Piece{});
  }
  const std::string literal = pieces.front().literal.str();
  // Only whole folders are normalised: what follows the last '/' may go on with an expression.
  const std::size_t slash = literal.rfind('/');
  const std::string folders = slash == std::string::npos ? std::string() : literal.substr(0, slash + 1);
  const std::string rest = slash == std::string::npos ? literal : literal.substr(slash + 1);
  std::string beginning = (std::filesystem::path(folder) / folders).lexically_normal().native();
  if (!beginning.ends_with('/')) beginning += '/';
  pieces.front().literal = config::LocatedText(beginning + rest);
  return expr::Template(std::move(pieces));
}

}  // namespace

std::optional<OutputPath> OutputPath::make(const expr::Template& path, const std::string& folder,
                                           Problem& problem) {
  OutputPath out(absolute(path, folder));
  std::string before_expressions;
  out.fixed_ = true;
  out.components_.emplace_back();
  for (const expr::Template::Piece& piece : out.path_.pieces()) {
    if (piece.program) {
      out.fixed_ = false;
      out.components_.back().has_expression = true;
      out.sample_ += 'x';
      out.text_ += "{{ " + piece.program->text().str() + " }}";
      continue;
    }
    if (out.fixed_) before_expressions += piece.literal.str();
    for (const char c : piece.literal.view()) {
      if (c == '/') {
        out.components_.emplace_back();
      } else {
        Component& last = out.components_.back();
        last.hidden |= c == '.' && last.literal.empty() && !last.has_expression;
        last.literal += c;
      }
    }
    out.sample_ += piece.literal.str();
    out.text_ += piece.literal.str();
  }
  out.root_ = before_expressions.substr(0, before_expressions.rfind('/') + 1);
  if (out.sample_.ends_with('/')) {  // says that it is a folder
    if (out.sample_ == "/") {
      problem = {"the root folder cannot be the output", "name a folder or file in it"};
      return std::nullopt;
    }
  } else {
    out.is_file_ = std::filesystem::path(out.sample_).has_extension();
  }
  if (!out.fixed_) {
    const std::string trimmed = out.sample_.substr(0, out.sample_.find_last_not_of('/') + 1);
    const std::string normal = std::filesystem::path(trimmed).lexically_normal().native();
    if (normal != trimmed) {
      problem = {"'.', '..' and '//' cannot follow an expression in a path", "write the path without them"};
      return std::nullopt;
    }
  }
  return out;
}

std::optional<std::string> OutputPath::refuse(std::string_view settled) const {
  if (fixed_) return std::nullopt;
  if (settled.find('\0') != std::string_view::npos) {
    return "a value in the path " + shown(settled) + " holds a NUL";
  }
  std::size_t begin = 0;
  for (std::size_t i = 0; i < components_.size(); ++i) {
    const std::size_t slash = settled.find('/', begin);
    const bool last = i + 1 == components_.size();
    if (last != (slash == std::string_view::npos)) {
      return "a value in the path " + shown(settled) + " holds a '/'";
    }
    const std::string_view name = settled.substr(begin, last ? std::string_view::npos : slash - begin);
    begin = slash + 1;
    if (!components_[i].has_expression) continue;
    if (name == components_[i].literal) return "a value in the path " + shown(settled) + " is empty";
    if (name == "." || name == "..") {
      return "a value makes a part of the path " + shown(settled) + " be '" + std::string(name) + "'";
    }
    if (name.starts_with('.') && !components_[i].hidden) {
      return "a value makes a name in the path " + shown(settled) + " begin with '.'";
    }
    if (name.size() > longest_name - hidden_name_overhead) {
      return "a value makes a name in the path " + shown(settled.substr(0, begin ? begin : settled.size())) +
             " longer than " + std::to_string(longest_name - hidden_name_overhead) + " bytes";
    }
  }
  return std::nullopt;
}

std::string partition_folder(std::string_view name, std::string_view value) {
  const auto escape = [](std::string_view text) {
    std::string out;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7f ||
          std::string_view("\"#%'*/:=?\\{[]^").find(c) != std::string_view::npos) {
        out += '%';
        out += "0123456789ABCDEF"[byte >> 4];
        out += "0123456789ABCDEF"[byte & 15];
      } else {
        out += c;
      }
    }
    return out;
  };
  return escape(name) + "=" + (value.empty() ? "__HIVE_DEFAULT_PARTITION__" : escape(value));
}

}  // namespace hiveframe::connectors::file
