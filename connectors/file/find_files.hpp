#pragma once

#include <string>
#include <vector>

namespace hiveframe::connectors::file {

/// The files that a source's `path` means, absolute, in the order of their names' bytes:
///  - a file or FIFO: itself;
///  - a folder: the regular files in it, with `recursive` also those in its subfolders;
///  - a glob (* ? [...], as in glob(7)): the regular files it matches, with `recursive` also those in the
///    folders it matches.
/// Names that begin with a dot are left out unless they are written, and so are folders behind symbolic
/// links. Throws Fatal when there is nothing to read, or Retryable. Blocking.
std::vector<std::string> find_files(const std::string& path, bool recursive);

}  // namespace hiveframe::connectors::file
