#include "connectors/postgres/client_options.hpp"

#include <algorithm>
#include <array>
#include <libpq-fe.h>
#include <memory>
#include <optional>
#include <string_view>

#include "config/did_you_mean.hpp"

namespace hiveframe::connectors::postgres {
namespace {

using namespace config;

/// A keyword that is not passed on, and what to write instead.
struct Owned {
  std::string_view keyword;
  std::string_view instead;
};

constexpr std::array owned = std::to_array<Owned>({
    {"host", "set 'host'"},
    {"hostaddr", "set 'host', which may be an address"},
    {"port", "set 'port'"},
    {"dbname", "set 'database'"},
    {"user", "set 'user'"},
    {"password", "set 'password'"},
    {"sslmode", "set 'sslmode'"},
    {"sslrootcert", "set 'sslrootcert'"},
    {"sslcert", "set 'sslcert'"},
    {"sslkey", "set 'sslkey'"},
    {"sslpassword", "set 'sslpassword'"},
    {"connect_timeout", "set 'connect_timeout'"},
    {"target_session_attrs", "set 'target_session_attrs'"},
    {"application_name", "set 'application_name'"},
    {"options", "set 'options'"},
    {"service", "set 'service'"},
    {"passfile", "set 'passfile'"},
    {"client_encoding", "leave it out; text is UTF-8, and the server has it in its own encoding"},
    {"replication", "leave it out; it cannot be set"},
});

struct FreeKeywords {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

/// All that libpq has, but for ours.
std::vector<std::string> known_keywords() {
  const std::unique_ptr<PQconninfoOption, FreeKeywords> all(PQconndefaults());
  std::vector<std::string> names;
  for (const PQconninfoOption* each = all.get(); each != nullptr && each->keyword != nullptr; ++each) {
    const auto same = [each](const Owned& own) { return own.keyword == each->keyword; };
    // The last character says that it is for debugging only, see PQconndefaults().
    if (std::string_view(each->dispchar) != "D" && std::none_of(owned.begin(), owned.end(), same))
      names.emplace_back(each->keyword);
  }
  return names;
}

bool check_keyword(const LocatedText& keyword, const std::vector<std::string>& known, Reader& reader) {
  const auto own = std::find_if(owned.begin(), owned.end(),
                                [&keyword](const Owned& each) { return each.keyword == keyword.view(); });
  if (own != owned.end()) {
    reader.error(keyword.span(), "'" + std::string(own->keyword) + "' is not passed on to libpq",
                 std::string(own->instead));
    return false;
  }
  if (std::find(known.begin(), known.end(), keyword.view()) != known.end()) return true;
  reader.error(keyword.span(), "libpq has no parameter " + keyword.quoted(),
               did_you_mean(keyword.view(), known));
  return false;
}

OptionType<std::string> word_of(const std::vector<std::string>& words) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string& each : words)
    pairs.emplace_back(each, each);
  return choice<std::string>(std::move(pairs));
}

}  // namespace

void check_hosts(ClientSettings& settings, const GivenOptions& given, Reader& reader) {
  for (const std::string& host : settings.hosts) {
    const std::string wrong = wrong_with_host(host);
    if (wrong.empty()) continue;
    reader.error(given.span("host"), quote(host) + " " + wrong, "write host or host:port, as in db-1:5432");
  }
}

void check_ssl(ClientSettings& settings, const GivenOptions& given, Reader& reader) {
  const bool off = settings.sslmode == "disable";
  for (const char* option : {"ssl", "sslrootcert", "sslcert", "sslkey", "sslpassword"}) {
    const bool wants_ssl = std::string_view(option) == "ssl" ? settings.ssl : given.has(option);
    if (off && wants_ssl)
      reader.error(given.name_span(option), quote(option) + " has no effect with 'sslmode: disable'",
                   "leave one of them out");
  }
  if (given.has("sslcert") != given.has("sslkey")) {
    const char* const there = given.has("sslcert") ? "sslcert" : "sslkey";
    const char* const missing = given.has("sslcert") ? "sslkey" : "sslcert";
    reader.error(given.name_span(there), quote(there) + " needs " + quote(missing) + " beside it",
                 "a client certificate is a certificate and its private key");
  }
}

OptionType<std::vector<std::pair<std::string, std::string>>> keywords_type() {
  OptionType<std::vector<std::pair<std::string, std::string>>> type = map(text(Empty::allowed));
  const TypeInfo info = type.info;
  type.read = [info](const Node& node, Reader& reader) -> std::optional<Keywords> {
    const std::optional<std::vector<Entry>> entries = map_entries(node, info, reader);
    if (!entries) return std::nullopt;
    const std::vector<std::string> known = known_keywords();
    bool sound = true;
    Keywords given;
    for (const Entry& entry : *entries) {
      const std::optional<LocatedText> value = reader.text(entry.value, *info.element);
      sound = check_keyword(entry.key, known, reader) && value && sound;
      if (sound) given.emplace_back(entry.key.view(), value->view());
    }
    if (!sound) return std::nullopt;
    return given;
  };
  return type;
}

OptionType<std::string> sslmode_type() {
  return word_of({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"});
}

OptionType<std::string> target_session_attrs_type() {
  return word_of({"any", "read-write", "read-only", "primary", "standby", "prefer-standby"});
}

}  // namespace hiveframe::connectors::postgres
