#include <array>

#include "pipeline/codec/bytes/decoder.hpp"
#include "pipeline/codec/bytes/encoder.hpp"
#include "pipeline/codec/bytes/framer.hpp"
#include "pipeline/codec/csv/format.hpp"
#include "pipeline/codec/file_name.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/codec/json/decoder.hpp"
#include "pipeline/codec/json/encoder.hpp"
#include "pipeline/codec/json/framer.hpp"
#include "pipeline/codec/line_framer.hpp"
#include "pipeline/codec/text/decoder.hpp"
#include "pipeline/codec/text/encoder.hpp"

namespace hiveframe::codec {
namespace {

using namespace std::string_view_literals;

constexpr std::array json_extensions = {".json"sv};
constexpr std::array ndjson_extensions = {".ndjson"sv, ".jsonl"sv};
constexpr std::array text_extensions = {".txt"sv, ".log"sv};
constexpr std::array bytes_extensions = {".bin"sv};

template <class Interface, class Implementation>
std::unique_ptr<Interface> make() {
  return std::make_unique<Implementation>();
}

const std::array<Format, 5>& table() {
  static const std::array<Format, 5> all = {{
      {"json", "json", json_extensions,
       "one array of records, or documents one after the other; written as one document a line", false, "\n",
       make<Framer, json::JsonFramer>, make<Decoder, json::JsonDecoder>, make<Encoder, json::JsonEncoder>},
      {"ndjson", "json", ndjson_extensions, "one JSON document a line; empty lines are skipped", true, "\n",
       [] { return std::make_unique<LineFramer>(LineFramer::BlankLines::are_skipped); },
       make<Decoder, json::JsonDecoder>, make<Encoder, json::JsonEncoder>},
      csv::input_format({}),
      {"text", "text", text_extensions, "each line is a string, in UTF-8", true, "\n",
       [] { return std::make_unique<LineFramer>(LineFramer::BlankLines::are_records); },
       make<Decoder, text::TextDecoder>, make<Encoder, text::TextEncoder>},
      {"bytes", "bytes", bytes_extensions, "a whole file is one record", false, "",
       make<Framer, bytes::BytesFramer>, make<Decoder, bytes::BytesDecoder>,
       make<Encoder, bytes::BytesEncoder>},
  }};
  return all;
}

}  // namespace

void add_advice(const Format& format, record::DataError& error) {
  if (format.syntax_advice.empty() || error.type != record::DataError::Type::syntax) return;
  error.message.append("; ").append(format.syntax_advice);
}

std::span<const Format> formats() { return table(); }

const Format* find_format(std::string_view name) {
  for (const Format& format : formats()) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

const Format* format_of_file(std::string_view file_name) {
  file_name = without_packing(file_name);
  for (const Format& format : formats()) {
    for (const std::string_view extension : format.extensions) {
      if (ends_with_ignoring_case(file_name, extension)) return &format;
    }
  }
  return nullptr;
}

}  // namespace hiveframe::codec
