#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/reader.hpp"
#include "connectors/file/compression.hpp"
#include "connectors/file/file_stream.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/interrupt.hpp"

namespace hiveframe::connectors::file {

/// The format of a file whose name does not tell, by the first bytes of its (unpacked) content; nullptr: it
/// could be anything. '{' begins JSON: if the first line is a whole object it is ndjson, else json. '[' does
/// so if what follows can be JSON. Both have an advice for the case that they are not. Lines of text are only
/// taken for that when the name has no extension: one that says something else (.xml, .parquet) is not
/// ignored.
const codec::Format* format_of_content(std::string_view file_name, std::string_view head);

/// The format of each file, by extension, then content. Their records' bytes must be of one kind, as those of
/// json and ndjson are. Throws Fatal when they are not, or one cannot be told, and what reading throws.
/// Blocking.
std::vector<const codec::Format*> formats_of_files(const std::vector<std::string>& files,
                                                   const pipeline::Interrupt& interrupt);

/// The names of all formats, for messages: "json, ndjson, text or bytes".
std::string format_names();

/// Of a file's name: what stands behind its last point, .gz and .zst aside.
std::string extension_of(std::string_view name);

/// It is named as a file of a format that is not here, and that its content does not tell.
bool is_never_told_by_content(std::string_view name);

/// "no format has the extension '.xlsx'", with the formats there are; `or_else` goes on with their
/// extensions.
void report_extension(const config::Span& place, const std::string& found, const std::string& or_else,
                      config::Reader& reader);

/// By the name, then the first bytes. Blocking.
Compression compression_of(const FileStream& file);

}  // namespace hiveframe::connectors::file
