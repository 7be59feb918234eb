#include "pipeline/expr/field_text.hpp"

#include <string>
#include <utility>

namespace hiveframe::expr {

Template text_of_field(const FieldPath& field, const config::Span& span, FieldText form,
                       std::string_view mark) {
  std::string place = "record";
  for (const FieldPath::Step& step : field.steps()) {
    if (step.is_index) {
      place += "[" + std::to_string(step.index) + "]";
      continue;
    }
    place += "['";
    for (const char c : step.name) {
      if (c == '\\' || c == '\'') place += '\\';
      place += c;
    }
    place += "']";
  }
  return text_of(place, span, form, mark);
}

Template text_of(const std::string& place, const config::Span& span, FieldText form, std::string_view mark) {
  const bool as_it_is = form == FieldText::plain && mark.empty();
  const std::string written = (form == FieldText::json ? "to_json(" : "string(") + place + ")";
  const std::string present = as_it_is ? place : "'" + std::string(mark) + "' + " + written;
  config::LocatedText located(span);
  located.append_replaced("{{ " + place + " == null ? '' : " + present + " }}", span.begin, span.end);
  std::vector<Problem> problems;
  std::optional<Template> text = Template::compile(located, problems);
  return std::move(text).value();
}

}  // namespace hiveframe::expr
