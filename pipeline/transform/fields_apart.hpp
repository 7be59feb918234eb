#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/given_options.hpp"
#include "config/reader.hpp"
#include "pipeline/expr/field_path.hpp"

namespace hiveframe::transform {

/// Reports each field that is one before it, or overlaps with it. `fields` are the options' names, in their
/// order, with what is done to each; `done` says that: "set".
template <class What>
void check_fields_apart(const std::vector<std::pair<expr::FieldPath, What>>& fields,
                        const config::GivenOptions& given, config::Reader& reader, std::string_view done) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!fields[i].first.overlaps(fields[j].first)) continue;
      reader.error(
          given.options[i].name.span(),
          "this overlaps with '" + fields[j].first.str() + "', which is " + std::string(done) + " too",
          "leave one out");
    }
  }
}

}  // namespace hiveframe::transform
