#pragma once

#include <span>
#include <string_view>

#include "config/option_info.hpp"
#include "config/reader.hpp"
#include "config/uri.hpp"

namespace hiveframe::config {

/// What would be taken for a file and was most likely meant for one of `kinds`: `kafka:broker/topic`,
/// `generate?count=5`, `stdn`. Reports it, with how to write it, and a file of that name; false if it is a
/// path like any other. `role` is "source" or "sink".
bool report_mistaken_path(const Uri& uri, std::string_view role, std::span<const TableInfo* const> kinds,
                          Reader& reader);

/// `generate?count=5` and `generate://?count=5`: a word that stands for a connector takes neither. False if
/// it is none.
bool report_word_with_options(const Uri& uri, std::span<const TableInfo* const> kinds, Reader& reader);

}  // namespace hiveframe::config
