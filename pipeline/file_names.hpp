#pragma once

#include <string>

namespace hiveframe::pipeline {

/// Makes the names in a folder durable. The error number, or 0; 0 also where the file system cannot do that
/// for folders. EACCES: it cannot be read, though it may be written to. Any thread; may block.
[[nodiscard]] int sync_folder(const std::string& path) noexcept;

/// Nothing if it is not there. Throws Retryable or Fatal. Any thread; may block.
void remove_file(const std::string& path);

}  // namespace hiveframe::pipeline
