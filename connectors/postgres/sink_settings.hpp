#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "connectors/postgres/client_settings.hpp"
#include "connectors/postgres/conflict_rule.hpp"
#include "connectors/postgres/row_writer.hpp"
#include "pipeline/connector.hpp"
#include "pipeline/expr/template.hpp"

namespace hiveframe::config {
template <typename T>
class OptionTable;
}

namespace hiveframe::connectors::postgres {

enum class Mode { append, upsert };
enum class ExtraFields { reject, drop };

struct SinkSettings : ClientSettings {
  std::optional<expr::Template> table;
  std::string schema = "public";
  Mode mode = Mode::append;
  std::optional<ConflictRule> on_conflict;
  std::vector<std::string> key_columns;
  std::size_t batch_size = 1000;
  std::vector<std::pair<std::string, expr::FieldPath>> columns;
  ExtraFields extra_fields = ExtraFields::reject;

  // Made of the above.
  std::vector<expr::Template> computed;  ///< the table, where it is one by the record
  ColumnRules rules;
};

const config::OptionTable<SinkSettings>& sink_options();
pipeline::SinkKind sink_kind();

}  // namespace hiveframe::connectors::postgres
