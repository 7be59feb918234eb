#include "daemon/manager/expectation_options.hpp"

#include "config/option_table.hpp"
#include "daemon/manager/record_options.hpp"
#include "pipeline/expr/option_types.hpp"

namespace hiveframe::daemon {

using namespace config;

namespace {

const OptionTable<ExpectedRecord>& expected_record() {
  static const OptionTable<ExpectedRecord> table = [] {
    using S = ExpectedRecord;
    OptionTable<S> t("expected record", "", "What a record must be, or hold");
    t.add("record", &S::record, yaml_value_type("a record")).help("It is this record, no more and no less");
    t.add("contains", &S::contains, yaml_value_type("a part of a record"))
        .help("It holds these fields with these values, and maybe others")
        .example("{id: 17, address: {country: DE}}");
    t.add("check", &S::check, expr::condition_type()).help("This is true of it").example("record.total > 5");
    return t;
  }();
  return table;
}

std::optional<ExpectedRecord> read_expected(const Node& item, Reader& reader) {
  std::optional<ExpectedRecord> expected;
  if (is_long_form(item, expected_record().info())) {
    expected = expected_record().read(item, reader);
  } else if (std::optional<YamlValue> record = read_yaml_value(item, reader)) {
    expected.emplace();
    expected->record = std::move(record);
  }
  if (expected) expected->place = item.span();
  return expected;
}

OptionType<std::vector<ExpectedRecord>> records_type() {
  TypeInfo element = TypeInfo::of(TypeInfo::Kind::any);
  element.wanted = "a record, or a map of 'record', 'contains' or 'check'";
  auto type = list(custom<ExpectedRecord>(std::move(element), &read_expected));
  type.info.wanted = "a list of records";
  return type;
}

std::optional<std::vector<ExpectedOutput>> read_expect(const Node& node, Reader& reader) {
  const OptionType<std::vector<ExpectedRecord>> records = records_type();
  std::vector<ExpectedOutput> outputs;
  if (!node.is_map()) {
    std::optional<std::vector<ExpectedRecord>> only = records.read(node, reader);
    if (!only) return std::nullopt;
    outputs.push_back({LocatedText(), node.span(), std::move(*only)});
    return outputs;
  }
  bool sound = true;
  for (const Entry& entry : node.entries()) {
    if (!entry.value.is_list() && !entry.value.is_null()) {
      // `expect: {id: 1}` is a record without its dash, more likely than a sink.
      reader.error(entry.value.span(),
                   "expected a list of the records that sink " + entry.key.quoted() + " gets, found " +
                       entry.value.describe(),
                   "write records as a list, each with '- ' before it");
      sound = false;
      continue;
    }
    std::optional<std::vector<ExpectedRecord>> of_sink = records.read(entry.value, reader);
    sound = sound && of_sink;
    if (of_sink) outputs.push_back({entry.key, entry.key.span(), std::move(*of_sink)});
  }
  if (!sound) return std::nullopt;
  return outputs;
}

std::vector<std::pair<std::string, record::DataError::Type>> error_types() {
  using Type = record::DataError::Type;
  std::vector<std::pair<std::string, Type>> types;
  for (const Type type : {Type::syntax, Type::encoding, Type::depth, Type::length, Type::duplicate_key,
                          Type::expression, Type::value, Type::rejected})
    types.emplace_back(record::name(type), type);
  return types;
}

const OptionTable<ExpectedLetter>& expected_letter() {
  static const OptionTable<ExpectedLetter> table = [] {
    using S = ExpectedLetter;
    OptionTable<S> t("expected dead letter", "", "What must be in a dead letter");
    t.add("error", &S::error, choice<record::DataError::Type>(error_types())).help("The type of the error");
    t.add("message", &S::message, text()).help("This is part of its message").example("not a timestamp");
    t.add("stage", &S::stage, text())
        .help("This is part of the step's name that found the record bad")
        .example("transforms[0]");
    t.add("record", &S::record, yaml_value_type("a record"))
        .help("The record as it came; a text is its very bytes")
        .example("{id: 17, amount: many}");
    t.compact("error");
    t.check([](S& s, const GivenOptions& given, Reader&) { s.place = given.whole; });
    return t;
  }();
  return table;
}

}  // namespace

OptionType<std::vector<ExpectedOutput>> expect_type() {
  const TypeInfo records = records_type().info;
  TypeInfo by_sink = TypeInfo::of(TypeInfo::Kind::map);
  by_sink.element = std::make_shared<const TypeInfo>(records);
  return custom<std::vector<ExpectedOutput>>(
      TypeInfo::either("a list of records, or a map from sinks to lists of records", {records, by_sink}),
      &read_expect);
}

OptionType<std::vector<ExpectedLetter>> dead_letters_type() { return list(section(expected_letter())); }

}  // namespace hiveframe::daemon
