#pragma once

#include "pipeline/connector.hpp"

namespace hiveframe::connectors {

/// All connectors of this build, in the order `list` shows them. A new one is added here.
pipeline::ConnectorRegistry registry();

}  // namespace hiveframe::connectors
