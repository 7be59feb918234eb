#include "daemon/manager/test_file_options.hpp"

#include "config/option_table.hpp"
#include "daemon/manager/pipeline_name.hpp"
#include "daemon/manager/tests_option.hpp"

namespace hiveframe::daemon {

using namespace config;

namespace {

OptionTable<TestFileSettings::Pipeline> tested_pipeline() {
  using S = TestFileSettings::Pipeline;
  OptionTable<S> t("tested pipeline", "pipeline", "The pipeline that tests are of");
  auto beside = parsed<std::filesystem::path>(
      TypeInfo::of(TypeInfo::Kind::path),
      [](const LocatedText& text, Reader& reader) -> std::optional<std::filesystem::path> {
        if (!text.empty()) return std::filesystem::path(text.str());
        reader.error(text.span(), "the path of the pipeline's file is empty");
        return std::nullopt;
      });
  t.add("file", &S::file, std::move(beside)).required().help("The file it stands in").example("orders.yaml");
  t.add("name", &S::name, name_type())
      .default_note("the only one of the file")
      .help("Its name, where the file has several")
      .example("orders-eu");
  t.compact("file");
  t.check([](S& s, const GivenOptions& given, Reader&) { s.place = given.whole; });
  return t;
}

const OptionTable<TestFileSettings>& test_file_options() {
  static const OptionTable<TestFileSettings> table = [] {
    using S = TestFileSettings;
    OptionTable<S> t("test file", "test_file", "Tests of a pipeline, beside its file: orders_test.yaml");
    t.add("pipeline", &S::pipeline, section(tested_pipeline()))
        .required()
        .help("The file of the pipeline; {file: ..., name: ...} if it has several")
        .example("orders.yaml");
    t.add("tests", &S::tests, tests_type())
        .required()
        .help("What the pipeline makes of some records, see 'explain tests'")
        .example("[{name: open orders stay out, input: [{status: open}], filtered: 1}]");
    return t;
  }();
  return table;
}

}  // namespace

std::optional<TestFileSettings> read_test_file(const Node& document, Reader& reader) {
  if (document.is_map()) return test_file_options().read(document, reader);
  reader.error(document.span(),
               "a file of tests is a map with 'pipeline' and 'tests', not " + document.describe(),
               "write pipeline: FILE, and on the next line tests: ...");
  return std::nullopt;
}

const TableInfo& test_file_info() { return test_file_options().info(); }

}  // namespace hiveframe::daemon
