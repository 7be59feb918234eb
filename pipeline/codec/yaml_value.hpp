#pragma once

#include <optional>

#include "config/node.hpp"
#include "config/reader.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::codec {

/// What a plain null, boolean or number of YAML 1.2's core schema is as a record's value; numbers keep all
/// their digits, in whatever way YAML lets them be written (0x1F, +5, .5). Text stands in `arena`. The scalar
/// is of no core type `text`. Reports a number that no record can hold (.nan), and returns nothing then.
std::optional<record::Value> plain_scalar(const config::Node& scalar, config::Reader& reader,
                                          record::Arena& arena);

/// A whole YAML value as a record's: what is in quotes, and what is no plain scalar of another type, is text,
/// in which `${…}` is settled. Everything stands in `arena`. Reports what is wrong and returns nothing then.
std::optional<record::Value> yaml_value(const config::Node& node, config::Reader& reader,
                                        record::Arena& arena);

}  // namespace hiveframe::codec
