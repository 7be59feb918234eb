#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hiveframe::connectors::kafka {

/// A schema as a registry tells it, and those that it refers to by subject and version.
struct RegisteredSchema {
  struct Reference {
    std::string subject;
    std::int64_t version = 0;
  };

  std::uint32_t id = 0;       ///< 0 where the answer has none
  std::string type = "AVRO";  ///< or JSON, PROTOBUF
  std::string text;
  std::vector<Reference> references;
};

/// What was asked: for messages, all in words.
struct RegistryQuestion {
  std::string tried;   ///< "read schema 7 from"
  std::string server;  ///< its URL, without secrets
};

/// What the registry says, in Confluent's API (v7). Nothing: it has no such schema, subject or version.
/// Throws Retryable where it or what stands before it is down or busy; Fatal, with what to do, where it
/// refuses, or where this is no registry.
std::optional<RegisteredSchema> read_registry_answer(const RegistryQuestion& question, unsigned status,
                                                     std::string_view body);

}  // namespace hiveframe::connectors::kafka
