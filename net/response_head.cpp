#include "net/response_head.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <iterator>
#include <string_view>

#include "net/problem.hpp"

namespace hiveframe::net {
namespace {

constexpr std::string_view security_fields =
    "Cache-Control: no-store\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n";

void append_field(std::string& out, std::string_view name, std::string_view value) {
  const auto append = [&out](std::string_view text) {
    for (const char c : text)
      out.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c);
  };
  append(name);
  out += ": ";
  append(value);
  out += "\r\n";
}

}  // namespace

std::string response_head(const Response& response, const Framing& framing,
                          std::chrono::system_clock::time_point now) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  append_field(head, "Date", http_date(now));
  if (!response.content_type.empty()) append_field(head, "Content-Type", response.content_type);
  if (framing.length) append_field(head, "Content-Length", std::to_string(*framing.length));
  if (framing.chunked) append_field(head, "Transfer-Encoding", "chunked");
  if (!framing.keep_alive) append_field(head, "Connection", "close");
  head += security_fields;
  for (const HeaderList::Field& each : response.headers)
    append_field(head, each.name, each.value);
  head += "\r\n";
  return head;
}

std::string http_date(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

bool is_bodiless(unsigned status) noexcept { return status < 200 || status == 204 || status == 304; }

}  // namespace hiveframe::net
