// How the API shows pipelines.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/admin/rates.hpp"
#include "daemon/manager/pipeline_view.hpp"

namespace hiveframe::daemon {

template <typename T>
class Described;

/// A pipeline in the list of all.
struct PipelineSummary {
  const PipelineView& view;
  std::optional<Rate> rate;
};

/// Everything about one.
struct PipelineDetails {
  const PipelineView& view;
  std::optional<Rate> rate;
};

const Described<PipelineSummary>& described(const PipelineSummary*);
const Described<PipelineDetails>& described(const PipelineDetails*);

/// The words of PipelineState.
std::vector<std::string> state_words();

}  // namespace hiveframe::daemon
