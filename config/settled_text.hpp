#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/environment.hpp"
#include "config/node.hpp"
#include "config/secret.hpp"

namespace hiveframe::config {

/// What a document says, as bytes to compare: equal for two documents of the same values in the same order,
/// whatever their comments, places, quotes of texts and anchors, and whatever the values of their `${…}`
/// come from. Holds secrets. Of a document that was read and found sound; references that cannot be settled
/// are taken as they are written. `left_out` are keys of the document itself that say nothing of what is
/// compared.
Secret fingerprint(const Node& document, const Environment& environment,
                   std::span<const std::string_view> left_out = {});

/// The source of a value for people: its YAML as written, with *** for what was concealed while it was read,
/// and for what looks like a secret. `${…}` stay as they are.
std::string shown_source(const Span& span, const std::vector<Span>& concealed);

}  // namespace hiveframe::config
