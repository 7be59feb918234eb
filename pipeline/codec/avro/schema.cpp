#include "pipeline/codec/avro/schema.hpp"

#include <array>

#include "pipeline/codec/avro/schema_reader.hpp"

namespace hiveframe::codec::avro {

std::string_view name(Kind kind) noexcept {
  static constexpr std::array<std::string_view, 14> names = {"null",   "boolean", "int",    "long",   "float",
                                                             "double", "bytes",   "string", "record", "enum",
                                                             "array",  "map",     "union",  "fixed"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name(Logical logical) noexcept {
  static constexpr std::array<std::string_view, 12> names = {"",
                                                             "decimal",
                                                             "date",
                                                             "time-millis",
                                                             "time-micros",
                                                             "timestamp-millis",
                                                             "timestamp-micros",
                                                             "timestamp-nanos",
                                                             "local-timestamp-millis",
                                                             "local-timestamp-micros",
                                                             "local-timestamp-nanos",
                                                             "uuid"};
  return names[static_cast<std::size_t>(logical)];
}

bool is_timestamp(Logical logical) noexcept {
  return logical >= Logical::timestamp_millis && logical <= Logical::local_timestamp_nanos;
}

bool is_local_timestamp(Logical logical) noexcept {
  return logical >= Logical::local_timestamp_millis && logical <= Logical::local_timestamp_nanos;
}

bool is_time_of_day(Logical logical) noexcept {
  return logical == Logical::time_millis || logical == Logical::time_micros;
}

std::uint32_t units_per_second(Logical logical) noexcept {
  switch (logical) {
    case Logical::time_millis:
    case Logical::timestamp_millis:
    case Logical::local_timestamp_millis:
      return 1'000;
    case Logical::time_micros:
    case Logical::timestamp_micros:
    case Logical::local_timestamp_micros:
      return 1'000'000;
    case Logical::timestamp_nanos:
    case Logical::local_timestamp_nanos:
      return 1'000'000'000;
    default:
      return 0;
  }
}

std::string_view Type::short_name() const noexcept {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? std::string_view(name) : std::string_view(name).substr(dot + 1);
}

std::string Type::described() const {
  std::string text(avro::name(kind));
  if (!name.empty()) text += " " + name;
  if (kind == Kind::alternatives) {
    text += " [";
    for (const Type* branch : branches) {
      if (text.back() != '[') text += ", ";
      text += branch->name.empty() ? avro::name(branch->kind) : std::string_view(branch->name);
      if (text.size() > 200) return text + ", …]";
    }
    text += "]";
  }
  if (logical == Logical::decimal) {
    text += " (decimal, precision " + std::to_string(precision) + ", scale " + std::to_string(scale) + ")";
  } else if (logical != Logical::none) {
    text.append(" (").append(avro::name(logical)).append(")");
  }
  return text;
}

std::shared_ptr<const Schema> Schema::parse(std::string_view text, std::string& problem,
                                            std::span<const std::string> referenced) {
  auto schema = std::make_shared<Schema>();
  SchemaReader reader(*schema);
  for (const std::string& each : referenced) {
    if (reader.read(each, problem) == nullptr) {
      problem = "a schema that it refers to is wrong: " + problem;
      return nullptr;
    }
  }
  schema->root_ = reader.read(text, problem);
  return schema->root_ != nullptr ? schema : nullptr;
}

}  // namespace hiveframe::codec::avro
