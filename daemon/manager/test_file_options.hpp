#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "config/option_info.hpp"
#include "config/reader.hpp"
#include "daemon/manager/test_settings.hpp"

namespace hiveframe::daemon {

/// A document of a file of tests, NAME_test.yaml: tests of a pipeline that stands in another file.
struct TestFileSettings {
  struct Pipeline {
    std::filesystem::path file;               ///< a relative one starts at the folder of the file of tests
    std::optional<config::LocatedText> name;  ///< which of the file's; nothing: the only one
    config::Span place;
  };
  Pipeline pipeline;
  std::vector<TestSettings> tests;
};

/// One document. Reports every problem of it; nothing if there was one.
std::optional<TestFileSettings> read_test_file(const config::Node& document, config::Reader& reader);

/// For `schema` and `explain`.
const config::TableInfo& test_file_info();

}  // namespace hiveframe::daemon
