#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/sink.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::config {
struct TableInfo;
struct GivenOptions;
class Reader;
}  // namespace hiveframe::config

namespace hiveframe::pipeline {

/// Makes a source from settings that were read and checked. Does no I/O: that begins with open(). May be
/// called again, for a pipeline that is restarted.
using SourceMaker = std::function<std::unique_ptr<Source>()>;
using SinkMaker = std::function<std::unique_ptr<Sink>()>;

/// Something that another source, or another sink, of the process may use too.
struct Use {
  std::string place;    ///< of two uses of the same thing it is equal
  std::string shown;    ///< for people: "standard input", "'/srv/orders.ndjson'"
  bool shared = false;  ///< not in the way of other uses that are shared
};

/// A source or sink as its options describe it.
template <typename Maker>
struct Configured {
  Maker make;
  std::vector<Use> uses;
  /// Why a sink with these options may lose what it has said to be written, as a clause ("it does not wait
  /// for an answer"); empty: it does not.
  std::string loses_because = {};
};
using ConfiguredSource = Configured<SourceMaker>;
using ConfiguredSink = Configured<SinkMaker>;

/// A kind of source that pipelines can name.
struct SourceKind {
  const config::TableInfo* options = nullptr;
  /// Reads the options given; reports what is wrong and returns nothing then.
  std::function<std::optional<ConfiguredSource>(const config::GivenOptions&, config::Reader&)> read;
  /// Whether it can go back to a position: what exactly_once asks of a source.
  bool replayable = true;
  /// The names of all metadata that its records may have; nullopt: not known before it runs.
  std::optional<std::vector<std::string>> meta = std::nullopt;
};

/// A kind of sink that pipelines can name.
struct SinkKind {
  const config::TableInfo* options = nullptr;
  /// As of a source.
  std::function<std::optional<ConfiguredSink>(const config::GivenOptions&, config::Reader&)> read;
  /// Why it cannot commit records and positions together, as a clause ("an HTTP endpoint cannot take part in
  /// a commit"); empty: its sinks are Transactional.
  std::string not_transactional;
  /// The only source whose positions it commits, by its keyword; empty: of any.
  std::string transactional_with = {};
  /// Whether it writes to standard output, where nothing else then may be drawn.
  bool standard_output = false;
};

/// The connectors there are: a value, made by connectors/registry.cpp and passed on; read by any thread.
struct ConnectorRegistry {
  std::vector<SourceKind> sources;
  std::vector<SinkKind> sinks;
};

}  // namespace hiveframe::pipeline
