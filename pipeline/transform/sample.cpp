#include <cmath>
#include <xxhash.h>

#include "config/option_table.hpp"
#include "pipeline/codec/json/writer.hpp"
#include "pipeline/expr/option_types.hpp"
#include "pipeline/transform/kinds.hpp"

namespace hiveframe::transform {
namespace {

using record::Value;

struct SampleSettings {
  double rate = 0;
  std::optional<expr::Program> by;
};

const config::OptionTable<SampleSettings>& sample_options() {
  static const config::OptionTable<SampleSettings> table = [] {
    using S = SampleSettings;
    config::OptionTable<S> t("sample transform", "sample",
                             "Passes on a share of the records; the same record always fares the same");
    t.add("rate", &S::rate, config::number(0, 1)).required().help("The share, from 0 to 1").example("0.1");
    t.add("by", &S::by, expr::expression_type())
        .default_note("the whole record")
        .help("Records for which this is the same stay together: all of them pass, or none")
        .example("record.customer.id");
    t.compact("rate");
    return t;
  }();
  return table;
}

// Nothing is drawn by lot: what is read again after a crash, or by another process, must fare as before.
class Sample final : public pipeline::Transform {
 public:
  explicit Sample(SampleSettings settings) : rate_(settings.rate), by_(std::move(settings.by)) {}

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext& context,
                          record::DataError& error) const override {
    std::string_view text = draft.record().original;
    if (by_ || text.empty() || draft.record().changed) {
      Value value;
      expr::Failure failure;
      if (!by_) {
        value = draft.value();
      } else if (!by_->evaluate(draft, context.inputs, value, failure)) {
        error = {record::DataError::Type::expression, std::move(failure.message)};
        return pipeline::Verdict::reject;
      }
      codec::json::Writer writer(draft.arena());
      if (!writer.write(value)) {
        error = {record::DataError::Type::value, "cannot sample by " + writer.problem()};
        return pipeline::Verdict::reject;
      }
      text = writer.finish();
    }
    // 53 bits, as many as a double has, make a number from 0 to less than 1.
    const double drawn = std::ldexp(static_cast<double>(XXH3_64bits(text.data(), text.size()) >> 11), -53);
    return drawn < rate_ ? pipeline::Verdict::keep : pipeline::Verdict::drop;
  }

 private:
  double rate_;
  std::optional<expr::Program> by_;
};

constexpr Example examples[] = {
    {"sample: {rate: 0.1, by: record.customer.id}", R"({"customer": {"id": 7}})",
     R"({"customer": {"id": 7}})"},
    {"sample: 1", R"({"id": 1})", R"({"id": 1})"},
};

}  // namespace

TransformKind sample() { return kind_of<Sample>(sample_options(), examples); }

}  // namespace hiveframe::transform
