#include "pipeline/csv_examples.hpp"

#include <algorithm>

namespace hiveframe::pipeline {
namespace {

constexpr CsvExample input[] = {
    {"{types: {id: int, paid: bool, at: timestamp}}",
     "id,name,paid,at\n7,\"Lovelace, Ada\",yes,2026-03-01 12:00:00Z\n8,,,",
     R"({"id": 7, "name": "Lovelace, Ada", "paid": true, "at": "2026-03-01T12:00:00Z"})"
     "\n"
     R"({"id": 8, "name": null, "paid": null, "at": null})"},
    {"{delimiter: ';', quote: \"'\", null_token: '-'}", "id;name\n1;'Ada; Countess'\n2;-",
     R"({"id": "1", "name": "Ada; Countess"})"
     "\n"
     R"({"id": "2", "name": null})"},
    {"{header: false, columns: [code, id, price, sold], values: guess, types: {code: text}}",
     "12,007,1.50,true", R"({"code": "12", "id": "007", "price": 1.5, "sold": true})"},
    {"{types: {n: uint, share: double, price: decimal, day: date, took: duration, any: guess}}",
     "n,share,price,day,took,any\n18446744073709551615,0.25,0.10000000000000000001,2026-03-01,1m30s,true",
     R"({"n": 18446744073709551615, "share": 0.25, "price": 0.10000000000000000001, "day": "2026-03-01", )"
     R"("took": "90s", "any": true})"},
};

constexpr CsvExample output[] = {
    {"{columns: [id, customer.name, tags]}",
     R"({"id": 7, "customer": {"name": "Ada"}, "tags": ["a", "b"], "note": "left out"})"
     "\n"
     R"({"id": 8})",
     "id,customer.name,tags\n7,Ada,\"[\"\"a\"\",\"\"b\"\"]\"\n8,,"},
    {"{columns: [id, name], header: false, delimiter: \"\\t\", quote: \"'\", null_token: NA}",
     R"({"id": 1, "name": "it's"})"
     "\n"
     R"({"id": 2, "name": null})"
     "\n"
     R"({"id": 3, "name": "NA"})",
     "1\t'it''s'\n2\tNA\n3\t'NA'"},
    {"{columns: [id], line_end: crlf}", R"({"id": 7})", "id\r\n7\r"},
};

void append(std::string& text, std::string_view lines, std::string_view first, std::string_view others) {
  for (std::string_view head = first; !lines.empty(); head = others) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    const bool carriage_return = line.ends_with('\r');
    text.append("# ").append(head).append(line.substr(0, line.size() - (carriage_return ? 1 : 0)));
    text.append(carriage_return ? "\\r\\n\n" : "\n");
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
  }
}

void append(std::string& text, std::span<const CsvExample> examples) {
  for (const CsvExample& each : examples) {
    text.append("\ncsv: ").append(each.options).append("\n");
    append(text, each.before, "", "");
    append(text, each.after, "  becomes ", "          ");
  }
}

}  // namespace

std::span<const CsvExample> csv_input_examples() { return input; }
std::span<const CsvExample> csv_output_examples() { return output; }

std::string describe_csv_examples() {
  std::string text = "Rows that are read:\n";
  append(text, input);
  text += "\nRows that are written:\n";
  append(text, output);
  return text;
}

}  // namespace hiveframe::pipeline
