#include "connectors/file/options_in_path.hpp"

#include "config/did_you_mean.hpp"
#include "config/option_info.hpp"

namespace hiveframe::connectors::file {

bool holds_options(std::string_view path, const config::TableInfo& table) {
  const std::size_t question = path.find('?');
  if (question == std::string_view::npos) return false;
  const std::string_view query = path.substr(question + 1);
  const std::size_t equals = query.find('=');
  if (equals == std::string_view::npos || query.starts_with(']')) return false;
  return !config::nearest(query.substr(0, equals), table.option_names()).empty();
}

}  // namespace hiveframe::connectors::file
