#pragma once

#include <cstddef>
#include <span>

#include "pipeline/record/draft.hpp"

namespace hiveframe::codec {

/// The draft's record and those after it in its storage which stand in memory one behind the other with an
/// end of line (`\n` or `\r\n`) between, at most `size`: what can be looked at in one go. Nothing unless its
/// place in the storage is a multiple of `size`: were a group to begin with any record, one that spoils its
/// group would have those before it looked at again and again.
std::span<record::Record> neighbours_of(record::Draft& draft, std::size_t size);

}  // namespace hiveframe::codec
