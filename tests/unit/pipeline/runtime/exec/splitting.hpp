#pragma once

#include <gtest/gtest.h>
#include <string>

#include "pipeline/transform.hpp"

namespace hiveframe::runtime::test {

/// Makes a record of each item of `field`, if that is a list; a text there cannot be split.
class Split final : public pipeline::Transform {
 public:
  explicit Split(std::string field) : field_(std::move(field)) {}

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext& context,
                          record::DataError&) const override {
    const record::Value* list = draft.value().find(field_);
    if (list == nullptr || !list->is(record::Kind::list)) return pipeline::Verdict::keep;
    if (list->items().empty()) return pipeline::Verdict::drop;
    context.parts = list->items().size();
    return pipeline::Verdict::split;
  }
  [[nodiscard]] bool splits() const noexcept override { return true; }
  bool part(const record::Value& whole, std::size_t number, record::Arena& arena, record::Value& made,
            record::DataError& error) const override {
    const record::Value item = whole.find(field_)->items()[number];
    if (item.is_null()) {
      error = {record::DataError::Type::value, "it is null"};
      return false;
    }
    const auto members = arena.array<record::Member>(2);
    members[0] = {"n", record::Value::int64(static_cast<std::int64_t>(number))};
    members[1] = {field_, item};
    made = record::Value::object(members);
    return true;
  }

 private:
  std::string field_;
};

}  // namespace hiveframe::runtime::test
