// The main of a fuzz target without libFuzzer: gives it every file of the target in the folders named, that
// is FOLDER/TARGET/*. The target ends the process where something is wrong; the file was named before.
//
//   TARGET_fuzz FOLDER...
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::exists(folder)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

void replay(const std::filesystem::path& file) {
  std::cout << file.native() << std::endl;  // it may be the last that is heard
  std::ifstream stream(file, std::ios::binary);
  const std::string input{std::istreambuf_iterator<char>(stream), {}};
  // A copy of its own size, so that a sanitizer sees who reads beyond it.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

int main(int count, char** words) {
  const std::string program = std::filesystem::path(words[0]).filename();
  const std::string target = program.substr(0, program.rfind("_fuzz"));
  std::size_t replayed = 0;
  for (int i = 1; i < count; ++i) {
    for (const std::filesystem::path& file : files_in(std::filesystem::path(words[i]) / target)) {
      replay(file);
      ++replayed;
    }
  }
  if (replayed == 0) std::cerr << "there is no input for " << target << '\n';
  return replayed == 0 ? 1 : 0;
}
