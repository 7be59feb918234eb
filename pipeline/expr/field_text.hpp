#pragma once

#include <string>
#include <string_view>

#include "config/text.hpp"
#include "pipeline/expr/field_path.hpp"
#include "pipeline/expr/template.hpp"

namespace hiveframe::expr {

/// As `string()` or as `to_json()` writes it.
enum class FieldText { plain, json };

/// A template that is the field's value as text with `mark` before it, or empty where the field is null or
/// absent. `span` is where it was asked for.
Template text_of_field(const FieldPath& field, const config::Span& span, FieldText form = FieldText::plain,
                       std::string_view mark = {});
/// The same of an expression that names a place: "key".
Template text_of(const std::string& place, const config::Span& span, FieldText form, std::string_view mark);

}  // namespace hiveframe::expr
