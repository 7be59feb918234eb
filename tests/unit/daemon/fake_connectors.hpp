#pragma once

#include "pipeline/connector.hpp"

namespace hiveframe::daemon {

/// Connectors that only read their settings: sources `orders` (a path or orders://host/topic) and `pipe`,
/// which cannot be read again and takes standard input; sinks `table`, which is transactional, and `page`,
/// which is not and takes standard output.
pipeline::ConnectorRegistry fake_connectors();

}  // namespace hiveframe::daemon
