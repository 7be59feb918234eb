#include "daemon/manager/whole_file.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>

#include "config/yaml.hpp"

namespace hiveframe::daemon {
namespace {

struct FileText {
  std::string content;
  int error = 0;
};

// At most one byte more than a configuration file may have.
FileText read_whole(const std::filesystem::path& path) {
  FileText text;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
  if (!file) return {{}, errno};
  const std::size_t limit = config::YamlLimits{}.file_bytes + 1;
  char buffer[65536];
  while (text.content.size() < limit) {
    const std::size_t got = std::fread(buffer, 1, sizeof buffer, file.get());
    if (got == 0) {
      if (std::ferror(file.get()) != 0) text.error = errno;
      break;
    }
    text.content.append(buffer, got);
  }
  return text;
}

}  // namespace

config::SourceFilePtr read_configuration_file(const std::filesystem::path& path,
                                              config::Diagnostics& diagnostics) {
  const FileText text = read_whole(path);
  if (text.error != 0) {
    diagnostics.file_error(path.string(),
                           "the file cannot be read: " + std::generic_category().message(text.error));
    return nullptr;
  }
  std::error_code ignored;
  const std::filesystem::path absolute = std::filesystem::absolute(path, ignored);
  return config::SourceFile::make(path.string(), text.content, absolute.parent_path());
}

}  // namespace hiveframe::daemon
