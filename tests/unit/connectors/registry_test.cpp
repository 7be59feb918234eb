#include "connectors/registry.hpp"

#include <gmock/gmock.h>

#include "config/option_info.hpp"

namespace hiveframe::connectors {
namespace {

using ::testing::ElementsAre;

TEST(Registry, HasEveryConnectorWithWhatIsNeededToUseIt) {
  const pipeline::ConnectorRegistry all = registry();
  std::vector<std::string> names;
  for (const pipeline::SourceKind& kind : all.sources) {
    names.push_back(kind.options->name);
    EXPECT_TRUE(kind.read);
    EXPECT_FALSE(kind.options->uri_rules.empty());
  }
  for (const pipeline::SinkKind& kind : all.sinks) {
    names.push_back(kind.options->name);
    EXPECT_TRUE(kind.read);
    EXPECT_FALSE(kind.options->uri_rules.empty());
    EXPECT_NE(kind.not_transactional.empty(), kind.transactional_with.empty());
    EXPECT_EQ(kind.standard_output, kind.options->keyword == "stdout");
  }
  EXPECT_THAT(names, ElementsAre("file source", "stdin source", "generate source", "kafka source",
                                 "file sink", "stdout sink", "kafka sink", "postgres sink", "discard sink"));
}

TEST(Registry, SourcesSayWhichMetadataTheyGive) {
  std::vector<std::string> declared;
  for (const pipeline::SourceKind& kind : registry().sources) {
    declared.push_back(kind.options->keyword + ":");
    ASSERT_TRUE(kind.meta);
    declared.insert(declared.end(), kind.meta->begin(), kind.meta->end());
  }
  EXPECT_THAT(declared, ElementsAre("file:", "path", "offset", "line", "stdin:", "offset", "line",
                                    "generate:", "sequence", "seed", "kafka:", "topic", "partition", "offset",
                                    "op", "timestamp", "headers"));
}

}  // namespace
}  // namespace hiveframe::connectors
