#pragma once

#include <optional>
#include <string>

#include "config/option_type.hpp"
#include "pipeline/expr/field_path.hpp"
#include "pipeline/expr/program.hpp"
#include "pipeline/expr/template.hpp"

namespace hiveframe::expr {

// Types for OptionTable. Only a settings .cpp includes this. Problems are reported where they stand in the
// file.

/// An expression. `${…}` in it is an error.
config::OptionType<Program> expression_type();
/// An expression that must give true or false; what is known to be anything else is an error.
config::OptionType<Program> condition_type();
/// Text with `{{ expressions }}`. `${…}` is settled in the text between them, and what it brings is never
/// taken for an expression; inside an expression it is an error.
config::OptionType<Template> template_type();
config::OptionType<FieldPath> field_path_type();

/// The parsers by themselves, for `custom` types and for text that is no option.
std::optional<Program> parse_expression(const config::LocatedText& text, config::Reader& reader);
std::optional<Program> parse_condition(const config::LocatedText& text, config::Reader& reader);
/// `variables` is what to say of a name that is none, in place of the fields that a record has: where there
/// is no record.
std::optional<Template> parse_template(const config::LocatedText& text, config::Reader& reader,
                                       const std::string& variables = {});
std::optional<FieldPath> parse_field_path(const config::LocatedText& text, config::Reader& reader);

}  // namespace hiveframe::expr
