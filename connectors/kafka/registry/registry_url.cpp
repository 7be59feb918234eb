#include "connectors/kafka/registry/registry_url.hpp"

#include <algorithm>

#include "net/error.hpp"
#include "net/server_url.hpp"

namespace hiveframe::connectors::kafka {

RegistryUrl RegistryUrl::of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t path = url.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  RegistryUrl apart{std::string(url.substr(0, path)), ""};
  if (path != std::string_view::npos) apart.path = url.substr(path);
  while (apart.path.ends_with('/'))
    apart.path.pop_back();
  return apart;
}

std::string wrong_with_registry_url(std::string_view url) {
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    return "begins with neither http:// nor https://";
  if (url.find_first_of("?#") != std::string_view::npos) return "has a query or fragment";
  const bool odd = std::any_of(url.begin(), url.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F;
  });
  if (odd) return "holds a space, a control character or no ASCII";
  try {
    net::ServerUrl::parse(RegistryUrl::of(url).server);
  } catch (const net::Error& error) {
    return "cannot be used: " + error.text().answer;
  }
  return {};
}

std::string path_piece(std::string_view text) {
  std::string piece;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      piece += c;
      continue;
    }
    piece += '%';
    piece += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4U];
    piece += "0123456789ABCDEF"[static_cast<unsigned char>(c) & 15U];
  }
  return piece;
}

}  // namespace hiveframe::connectors::kafka
