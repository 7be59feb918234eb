#pragma once

#include <string>
#include <vector>

#include "config/option_type.hpp"
#include "daemon/manager/test_settings.hpp"

namespace hiveframe::daemon {

// Types for records that stand in YAML.

/// Any value.
config::OptionType<YamlValue> yaml_value_type(std::string wanted);
/// A map of any values.
config::OptionType<YamlValue> yaml_map_type(std::string wanted);
/// A list of records, each as it is, or as a map of `record` and nothing else but `meta` and `key`.
config::OptionType<std::vector<InputRecord>> input_records_type();

/// Whether a map is not a record itself but says more of it: some of its keys are options of the form, and
/// all others most likely meant to be. A record that looks like that is written below the form's `record`.
bool is_long_form(const config::Node& item, const config::TableInfo& form);

/// The value of a node. Reports what is wrong with it and returns nothing then.
std::optional<YamlValue> read_yaml_value(const config::Node& node, config::Reader& reader);

}  // namespace hiveframe::daemon
