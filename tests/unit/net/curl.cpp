#include "tests/unit/net/curl.hpp"

#include <cstdio>
#include <stdexcept>

namespace hiveframe::net {

std::string curl(const std::string& arguments) {
  FILE* pipe = ::popen(("curl -sS --noproxy '*' --max-time 20 " + arguments + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("curl cannot be run");
  std::string output;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
    output.push_back(static_cast<char>(c));
  ::pclose(pipe);
  return output;
}

}  // namespace hiveframe::net
