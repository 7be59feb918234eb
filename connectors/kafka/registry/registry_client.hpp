#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/kafka/registry/registry_answer.hpp"
#include "connectors/kafka/registry/registry_settings.hpp"

namespace hiveframe::net {
class HttpClient;
}

namespace hiveframe::connectors::kafka {

/// Asks a schema registry of Confluent's API. A connection for each question: a schema is asked for once.
/// Blocks; one thread at a time, but cancel() is for any. All throw what read_registry_answer() does, and
/// Retryable where none of the URLs can be reached.
class RegistryClient {
 public:
  explicit RegistryClient(const RegistrySettings& settings);
  ~RegistryClient();
  RegistryClient(const RegistryClient&) = delete;
  RegistryClient& operator=(const RegistryClient&) = delete;

  /// Nothing: the registry does not have it.
  std::optional<RegisteredSchema> by_id(std::uint32_t id);
  std::optional<RegisteredSchema> latest(const std::string& subject);
  /// The id of a schema under a subject; nothing if it is not there.
  std::optional<RegisteredSchema> find(const std::string& subject, std::string_view text);
  /// The same, and puts it there if it is not.
  RegisteredSchema add(const std::string& subject, std::string_view text);
  /// The texts that a schema refers to, each behind those that it refers to itself.
  std::vector<std::string> referenced_by(const RegisteredSchema& schema);

  /// Where it is, for messages.
  [[nodiscard]] std::string server() const;
  /// Ends what is under way and all that follows, by Retryable.
  void cancel() noexcept;

 private:
  struct Place;

  net::HttpClient& client_of(Place& place);
  std::optional<RegisteredSchema> ask(const std::string& tried, const std::string& path, std::string body);
  void collect(const RegisteredSchema& schema, std::vector<std::string>& seen,
               std::vector<std::string>& texts, std::size_t depth);

  const RegistrySettings settings_;
  std::mutex mutex_;  // of the clients, which are made when they are needed, and of:
  bool cancelled_ = false;
  std::vector<std::unique_ptr<Place>> places_;
  std::size_t last_ = 0;  // the one that answered last
};

}  // namespace hiveframe::connectors::kafka
