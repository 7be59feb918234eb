#include "config/environment.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace hiveframe::config {

std::optional<std::string> ProcessEnvironment::variable(std::string_view name) const {
  const char* value = std::getenv(std::string(name).c_str());
  if (!value) return std::nullopt;
  return std::string(value);
}

Environment::FileText ProcessEnvironment::read_file(const std::filesystem::path& path) const {
  constexpr std::size_t most = 1 << 20;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (!file) return {std::nullopt, std::strerror(errno)};
  std::string content(most + 1, '\0');
  const std::size_t size = std::fread(content.data(), 1, content.size(), file.get());
  if (std::ferror(file.get())) return {std::nullopt, std::strerror(errno)};
  if (size > most) return {std::nullopt, "the file is longer than 1 MiB"};
  content.resize(size);
  return {std::move(content), {}};
}

}  // namespace hiveframe::config
