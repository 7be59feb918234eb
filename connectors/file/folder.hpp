#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace hiveframe::connectors::file {

/// The folder part of an absolute path, without a '/' at the end (but "/" itself).
std::string folder_of_path(const std::string& path);

/// A path as it names a folder or file, without a '/' at the end (but "/" itself).
std::string without_slash(std::string path);

/// Makes a folder and those above it. The folders in which something was made are added to `changed`, to be
/// synced. Throws Retryable or Fatal.
void make_folders(const std::string& path, std::set<std::string>& changed);

/// Throws Fatal unless files can be made in the folder.
void check_writable(const std::string& path);

/// Makes the names in a folder durable, as far as that can be. Throws Retryable or Fatal.
void sync_folder(const std::string& path);

/// Part files are `part-00000.ndjson`, and hidden while they are written.
std::string part_name(std::uint64_t number, const std::string& ending);
bool is_part_name(const std::string& name);
bool is_hidden_part_name(const std::string& name);

/// A number above all part files in the folder, hidden ones too: whose they are is not known.
std::uint64_t next_part_number(const std::string& folder);

/// The names in a folder, less "." and "..", sorted; empty if there is no such folder.
std::vector<std::string> names_in(const std::string& folder);

}  // namespace hiveframe::connectors::file
