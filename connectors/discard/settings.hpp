#pragma once

namespace hiveframe::pipeline {
struct SinkKind;
}

namespace hiveframe::connectors::discard {

enum class Touch { none, all };

/// The options of the discard sink.
struct SinkSettings {
  Touch touch = Touch::none;
};

pipeline::SinkKind sink_kind();

}  // namespace hiveframe::connectors::discard
