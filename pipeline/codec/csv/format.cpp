#include "pipeline/codec/csv/format.hpp"

#include <array>

#include "pipeline/codec/csv/decoder.hpp"
#include "pipeline/codec/csv/encoder.hpp"
#include "pipeline/codec/csv/framer.hpp"

namespace hiveframe::codec::csv {
namespace {

constexpr std::array<std::string_view, 2> extensions = {".csv", ".tsv"};

Format format(std::shared_ptr<const Dialect> reads, std::shared_ptr<const Output> writes) {
  Format made;
  made.name = "csv";
  made.wire = "csv";
  made.extensions = extensions;
  made.help = "rows of fields (RFC 4180), the first of which names the columns; 'csv' has the options";
  made.line_by_line = false;
  made.delimiter = text_of(writes->line_end);
  made.delimiter_in_records = true;
  made.framer = [reads] { return std::make_unique<CsvFramer>(reads); };
  made.decoder = [reads] { return std::make_unique<CsvDecoder>(reads); };
  made.encoder = [writes] { return std::make_unique<CsvEncoder>(writes); };
  return made;
}

}  // namespace

Format input_format(const Dialect& dialect, std::string_view file_name) {
  return format(std::make_shared<const Dialect>(dialect.for_file(file_name)),
                std::make_shared<const Output>());
}

Format output_format(Output output, std::string_view file_name) {
  output.dialect = output.dialect.for_file(file_name);
  // Rows behind the header, as whoever goes on in their midst sees them.
  Dialect written = output.dialect;
  written.header = false;
  std::string header = output.dialect.header ? CsvEncoder::header(output) : "";
  Format made = format(std::make_shared<const Dialect>(std::move(written)),
                       std::make_shared<const Output>(std::move(output)));
  made.preamble = std::move(header);
  return made;
}

}  // namespace hiveframe::codec::csv
