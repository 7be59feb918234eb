#include "config/option_info.hpp"

#include <fmt/format.h>
#include <utility>

#include "config/did_you_mean.hpp"

namespace hiveframe::config {
namespace {

std::string with_bounds(std::string what, const TypeInfo& type) {
  if (!type.minimum.empty() && !type.maximum.empty()) {
    what += fmt::format(" from {} to {}", type.minimum, type.maximum);
  } else if (!type.minimum.empty()) {
    what += fmt::format(" of at least {}", type.minimum);
  } else if (!type.maximum.empty()) {
    what += fmt::format(" of at most {}", type.maximum);
  }
  if (type.or_none) what += " or 'none'";
  return what;
}

}  // namespace

// Not in the header: inlined, GCC 12 warns of the text's end, falsely.
OptionInfo& OptionInfo::default_note(std::string text) {
  default_text = std::move(text);
  default_is_note = true;
  return *this;
}

std::string TypeInfo::describe() const {
  if (!wanted.empty()) return wanted;
  switch (kind) {
    case Kind::text:
    case Kind::secret:
      return "text";
    case Kind::boolean:
      return "true or false";
    case Kind::integer:
      return with_bounds("an integer", *this);
    case Kind::number:
      return with_bounds("a number", *this);
    case Kind::size:
      return with_bounds("a size", *this);
    case Kind::duration:
      return with_bounds("a duration", *this);
    case Kind::millis:
      return with_bounds("an integer of milliseconds", *this);
    case Kind::choice:
      return join_or(choices);
    case Kind::path:
      return "a path";
    case Kind::list:
      return element ? fmt::format("a list (each {})", element->describe()) : "a list";
    case Kind::one_or_list:
      return element ? fmt::format("{}, or a list of them", element->describe()) : "a list";
    case Kind::map:
      return element ? fmt::format("a map (each value {})", element->describe()) : "a map";
    case Kind::table:
      return "a map of options";
    case Kind::connector:
      return fmt::format("a {} (a URI or a map)", role);
    case Kind::any:
      return "a value";
    case Kind::either: {
      std::vector<std::string> words;
      for (const TypeInfo& each : alternatives)
        words.push_back(each.describe());
      return join_or(words);
    }
  }
  return {};
}

const OptionInfo* TableInfo::find(std::string_view option) const {
  for (const OptionInfo& each : options)
    if (each.name == option) return &each;
  return nullptr;
}

std::vector<std::string> TableInfo::option_names() const {
  std::vector<std::string> names;
  for (const OptionInfo& each : options)
    names.push_back(each.name);
  return names;
}

}  // namespace hiveframe::config
