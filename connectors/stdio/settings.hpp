#pragma once

namespace hiveframe::codec {
struct Format;
}
namespace hiveframe::pipeline {
struct SourceKind;
struct SinkKind;
}  // namespace hiveframe::pipeline

namespace hiveframe::connectors::stdio {

struct SourceSettings {
  const codec::Format* format = nullptr;  ///< never null once checked
};

struct SinkSettings {
  const codec::Format* format = nullptr;  ///< never null once checked
};

pipeline::SourceKind source_kind();
pipeline::SinkKind sink_kind();

}  // namespace hiveframe::connectors::stdio
