#include <chrono>

#include "config/option_table.hpp"
#include "pipeline/transform/kinds.hpp"

namespace hiveframe::transform {
namespace {

using std::chrono::milliseconds;

struct ThrottleSettings {
  double rate = 0;
  milliseconds per{1000};
};

constexpr double least_rate = 0.001;
constexpr double most_rate = 1e9;
constexpr milliseconds longest = std::chrono::hours(24);

const config::OptionTable<ThrottleSettings>& throttle_options() {
  static const config::OptionTable<ThrottleSettings> table = [] {
    using S = ThrottleSettings;
    config::OptionTable<S> t(
        "throttle transform", "throttle",
        "Lets so many records pass in a time, evenly, and reads no faster; a stop does not "
        "wait for it");
    t.add("rate", &S::rate, config::number(least_rate, most_rate))
        .required()
        .help("How many records, of all files, partitions and workers of the pipeline together")
        .example("100");
    t.add("per", &S::per, config::duration(milliseconds(1), longest)).help("In what time").example("1m");
    t.compact("rate");
    return t;
  }();
  return table;
}

class Throttle final : public pipeline::Transform {
 public:
  explicit Throttle(ThrottleSettings settings)
      : records_per_second_(settings.rate / std::chrono::duration<double>(settings.per).count()) {}

  pipeline::Verdict apply(record::Draft&, pipeline::TransformContext&, record::DataError&) const override {
    return pipeline::Verdict::keep;
  }

  [[nodiscard]] std::optional<double> records_per_second() const noexcept override {
    return records_per_second_;
  }

 private:
  double records_per_second_;
};

constexpr Example examples[] = {
    {"throttle: {rate: 600, per: 1m}", R"({"id": 1})", R"({"id": 1})"},
};

}  // namespace

TransformKind throttle() { return kind_of<Throttle>(throttle_options(), examples); }

}  // namespace hiveframe::transform
