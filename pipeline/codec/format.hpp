#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "pipeline/codec/decoder.hpp"
#include "pipeline/codec/encoder.hpp"
#include "pipeline/codec/framer.hpp"

namespace hiveframe::codec {

/// What users name by `format:`. Plain data; the functions make one object for each stream or worker.
struct Format {
  std::string_view name;                         ///< as in the configuration
  std::string_view wire;                         ///< what one record's bytes are: "json" for json and ndjson
  std::span<const std::string_view> extensions;  ///< with the dot
  std::string_view help;                         ///< one line for `list` and the reference
  bool line_by_line;                             ///< one record is one line of the stream
  std::string_view delimiter;                    ///< written after each record; empty: one record is a file
  std::function<std::unique_ptr<Framer>()> framer;
  std::function<std::unique_ptr<Decoder>()> decoder;
  std::function<std::unique_ptr<Encoder>()> encoder;
  /// What to do about what is not of this format; by those who guess it.
  std::string_view syntax_advice = {};
  /// Written once at the beginning of each stream, before the first record. With its delimiter.
  std::string preamble = {};
  /// A record may hold the delimiter (an end of line in quotes): where one ends the framer says.
  bool delimiter_in_records = false;
};

/// Adds the format's advice to a syntax error.
void add_advice(const Format& format, record::DataError& error);

/// All formats, in the order `list` shows them.
std::span<const Format> formats();
/// The format of that name, or nullptr.
const Format* find_format(std::string_view name);
/// The format whose extension the file name ends with (".gz" and ".zst" are looked behind), or nullptr.
const Format* format_of_file(std::string_view file_name);

}  // namespace hiveframe::codec
