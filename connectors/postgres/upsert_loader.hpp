#pragma once

#include <string>
#include <vector>

#include "connectors/postgres/row_loader.hpp"

namespace hiveframe::connectors::postgres {

/// Puts rows in the place of those with the same keys, adds those that are new, and deletes, in their order;
/// see UpsertSql. Always within a transaction.
class UpsertLoader final : public RowLoader {
 public:
  using RowLoader::RowLoader;
  void load(const RowGroup& group, std::size_t begin, std::size_t end,
            const std::string& statements) override;

 private:
  /// The columns that rows of each kind give.
  using Kinds = std::vector<std::vector<std::string>>;

  bool insert_at_once(Target& target, const Kinds& kinds);
  void take_turns(const Target& target, const Kinds& kinds);
  [[nodiscard]] const std::string& copied_table(const RowGroup& group) const override {
    return group.target->staging;
  }
};

}  // namespace hiveframe::connectors::postgres
