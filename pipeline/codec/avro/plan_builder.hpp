#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "pipeline/codec/avro/match.hpp"
#include "pipeline/codec/avro/plan.hpp"

namespace hiveframe::codec::avro {

/// Makes the nodes of a plan. Lives for one Plan::make().
class PlanBuilder {
 public:
  explicit PlanBuilder(Plan& plan) noexcept : plan_(plan) {}

  /// More nodes than any schema needs, and a small one can ask for by unions in unions.
  static constexpr std::size_t max_nodes = 100'000;

  const Node* resolve(const Type& writer, const Type& reader);
  [[nodiscard]] bool exhausted() const noexcept {
    return plan_.nodes_.size() > max_nodes || match_.exhausted();
  }

 private:
  Node& add(Node::Read read);
  const Node* impossible(const Type& writer, const Type& reader, const std::string& why);
  const Node* writers_alternatives(const Type& writer, const Type& reader);
  const Node* record(const Type& writer, const Type& reader);
  const Node* enumeration(const Type& writer, const Type& reader);
  const Node* elements(const Type& writer, const Type& reader);
  const Node* scalar(const Type& writer, const Type& reader);
  record::Value default_of(const Field& field);

  Plan& plan_;
  Match match_;
  std::map<std::pair<const Type*, const Type*>, const Node*> records_;
};

/// Sets what a number or octets are to become.
void set_give(Node& node, const Type& writer, const Type& reader) noexcept;

}  // namespace hiveframe::codec::avro
