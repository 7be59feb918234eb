// A folder of its own for each test of the state store.
#pragma once

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "pipeline/errors.hpp"
#include "pipeline/runtime/state/state_store.hpp"

namespace hiveframe::runtime {

class StateFolder : public testing::Test {
 public:
  ~StateFolder() override {
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
  }

 protected:
  StateFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "state_test_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }

  StateStore open(StateStore::Start start = StateStore::Start::resume,
                  const std::string& pipeline = "orders") {
    return StateStore(folder_, pipeline, start);
  }

  std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }

  void write_file(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name, std::ios::binary) << content;
  }

  std::filesystem::path folder_;
};

// The message of the exception of type E that `work` throws; a failure of the test when it throws none.
template <class E, class Work>
std::string message_of(Work work) {
  try {
    work();
  } catch (const E& error) {
    return error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another exception: " << error.what();
    return {};
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

}  // namespace hiveframe::runtime
