#include "tests/connectors/record_id.hpp"

#include <charconv>
#include <vector>

namespace hiveframe::connectors {

expr::Template record_id() {
  std::vector<expr::Problem> problems;
  const config::LocatedText text("{{ has(record.id) ? record.id : '' }}");
  return expr::Template::compile(text, problems).value();
}

bool is_one_of_every(std::uint64_t modulo, std::string_view id) {
  std::uint64_t number = 0;
  const char* const end = id.data() + id.size();
  const auto [read, error] = std::from_chars(id.data(), end, number);
  return error == std::errc() && read == end && modulo != 0 && number % modulo == 0;
}

}  // namespace hiveframe::connectors
