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

/// Validates records that stand in memory one behind the other in one go, which takes a fraction of the time,
/// and notes it in each (valid_utf8): an end of line is no part of a character, so that each is sound if the
/// whole is. False: nothing is known, and each is looked at in its turn.
bool are_utf8_together(std::span<record::Record> records);
/// How many of them: what is worth a call, and spoilt by one bad record.
inline constexpr std::size_t validated_together = 64;

}  // namespace hiveframe::codec
