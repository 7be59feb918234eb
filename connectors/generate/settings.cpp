#include "connectors/generate/settings.hpp"

#include "config/option_table.hpp"
#include "connectors/generate/generate_source.hpp"
#include "pipeline/connector_kind.hpp"

namespace hiveframe::connectors::generate {
namespace {

using namespace config;

// Slower than a record in a thousand seconds nobody waits for; faster than a billion no machine is.
constexpr double slowest = 0.001;
constexpr double fastest = 1e9;

OptionType<RecordTemplate> record_template() {
  TypeInfo info = TypeInfo::of(TypeInfo::Kind::any);
  info.wanted = "a record, whose texts may hold {{ expressions }}";
  return custom<RecordTemplate>(std::move(info), &RecordTemplate::read);
}

}  // namespace

const OptionTable<Settings>& source_options() {
  static const OptionTable<Settings> table = [] {
    using S = Settings;
    OptionTable<S> t("generate source", "generate", "Makes records, for trying things and for tests");
    t.add("count", &S::count, integer(0))
        .help("How many records to make; without it, it goes on until it is stopped")
        .example("1000");
    t.add("rate", &S::rate, number(slowest, fastest))
        .help("Records a second; without it, as fast as they are taken")
        .example("100");
    t.add("template", &S::record_template, record_template())
        .help(
            "The record, with {{ expressions }} over meta.sequence (from 0), meta.seed (a number that is as "
            "good as random for each record) and now; one that stands alone keeps its type")
        .example("{id: \"{{ meta.sequence }}\", amount: \"{{ meta.seed % 900000 }}\"}")
        .default_note("a record with id, name, amount and active");
    t.add("seed", &S::seed, integer(0))
        .help("What meta.seed comes from: the same seed gives the same records");
    t.uri({.words = {"generate"}}, "generate");
    t.check([](S& s, const GivenOptions&, Reader&) {
      if (!s.record_template) s.record_template = RecordTemplate::standard();
    });
    return t;
  }();
  return table;
}

pipeline::SourceKind source_kind() {
  pipeline::SourceKind kind = pipeline::source_kind_of<GenerateSource>(source_options());
  kind.meta.emplace(meta_names.begin(), meta_names.end());
  return kind;
}

}  // namespace hiveframe::connectors::generate
