#include "pipeline/expr/json_reader.hpp"

#include "pipeline/codec/json/exact_reader.hpp"

namespace hiveframe::expr {

JsonReader::JsonReader() noexcept = default;
JsonReader::JsonReader(const JsonReader&) noexcept : JsonReader() {}
JsonReader& JsonReader::operator=(const JsonReader&) noexcept { return *this; }
JsonReader::~JsonReader() = default;

codec::json::ExactReader& JsonReader::reader() {
  if (!reader_) reader_ = std::make_unique<codec::json::ExactReader>("text");
  return *reader_;
}

}  // namespace hiveframe::expr
