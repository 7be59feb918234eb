#include "net/error.hpp"

#include <utility>

namespace hiveframe::net {
namespace {

std::string in_one_line(const ErrorText& text) {
  std::string line = "cannot " + text.tried;
  if (!text.against.empty()) line += " " + text.against;
  if (!text.answer.empty()) line += ": " + text.answer;
  if (!text.next.empty()) line += "; " + text.next;
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return line;
}

}  // namespace

Error::Error(ErrorText text) : std::runtime_error(in_one_line(text)), text_(std::move(text)) {}

}  // namespace hiveframe::net
