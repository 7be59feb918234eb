#include "daemon/letters/letter.hpp"

#include <array>
#include <rapidjson/document.h>

namespace hiveframe::daemon {
namespace {

using rapidjson::Value;

const Value* member(const Value& object, const char* name) {
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::optional<std::string> text(const Value& object, const char* name) {
  const Value* value = member(object, name);
  if (value == nullptr || !value->IsString()) return std::nullopt;
  return std::string(value->GetString(), value->GetStringLength());
}

std::optional<std::uint64_t> count(const Value& object, const char* name) {
  const Value* value = member(object, name);
  if (value == nullptr || !value->IsUint64()) return std::nullopt;
  return value->GetUint64();
}

/// RFC 4648 section 4, with its padding; nothing if it is not that.
std::optional<std::string> from_base64(std::string_view text) {
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  static constexpr std::array<std::int8_t, 256> values = [] {
    std::array<std::int8_t, 256> all{};
    all.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
      all[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return all;
  }();
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : text) {
    const std::int8_t value = values[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    held = (held << 6U) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>((held >> static_cast<unsigned>(bits)) & 0xFFU);
  }
  return bytes;
}

}  // namespace

std::optional<Letter> parse_letter(std::string_view line) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(line.data(),
                                                                                         line.size());
  if (document.HasParseError() || !document.IsObject()) return std::nullopt;
  const Value* error = member(document, "error");
  auto id = text(document, "id");
  auto stage = text(document, "stage");
  if (!id || !stage || error == nullptr || !error->IsObject()) return std::nullopt;

  Letter letter;
  letter.id = std::move(*id);
  letter.stage = std::move(*stage);
  letter.time = text(document, "time").value_or("");
  letter.error = text(*error, "type").value_or("");
  letter.message = text(*error, "message").value_or("");
  letter.source = text(document, "source").value_or("");
  letter.attempts = count(document, "attempts").value_or(0);
  if (auto original = text(document, "original")) {
    letter.original = std::move(*original);
  } else if (const auto encoded = text(document, "original_base64")) {
    auto bytes = from_base64(*encoded);
    if (!bytes) return std::nullopt;
    letter.original = std::move(*bytes);
    letter.is_text = false;
  } else {
    return std::nullopt;
  }
  letter.length = count(document, "length").value_or(letter.original.size());
  letter.whole = letter.length == letter.original.size() && member(document, "sha256") == nullptr;
  return letter;
}

bool LetterSelection::takes(const Letter& letter) const {
  return (!id || *id == letter.id) && (!stage || *stage == letter.stage) &&
         (!error || *error == letter.error);
}

}  // namespace hiveframe::daemon
