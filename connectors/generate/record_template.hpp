#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/node.hpp"
#include "config/reader.hpp"
#include "pipeline/expr/template.hpp"
#include "pipeline/record/draft.hpp"

namespace hiveframe::connectors::generate {

/// What a generated record looks like: a YAML tree whose texts may hold `{{ expressions }}`. A text that is
/// one `{{ }}` and nothing else becomes that value, with its type; plain numbers, true, false and null are
/// what YAML takes them for. Immutable; values that are the same for every record are shared by all of them,
/// so it outlives them.
class RecordTemplate {
 public:
  /// Reports what is wrong and returns nothing then.
  static std::optional<RecordTemplate> read(const config::Node& node, config::Reader& reader);
  /// `{"id": 17, "name": "name-42", …}`: what is made when no template is given.
  static RecordTemplate standard();

  /// The value for the draft's metadata, in draft.arena(). False: an expression failed.
  bool make(record::Draft& draft, const expr::Inputs& inputs, record::Value& value,
            expr::Failure& failure) const;

 private:
  struct Part {
    enum class Kind { constant, text, list, object };
    Kind kind = Kind::constant;
    record::Value constant;  // its text is in `owned`
    std::optional<expr::Template> text;
    std::vector<Part> parts;              // of a list or object
    std::vector<std::string_view> names;  // of an object's members; in `owned`
  };

  static std::optional<Part> read_part(const config::Node& node, config::Reader& reader,
                                       record::Arena& owned);
  static std::optional<Part> read_scalar(const config::Node& node, config::Reader& reader,
                                         record::Arena& owned);
  static std::optional<Part> read_map(const config::Node& node, config::Reader& reader, record::Arena& owned);
  static bool make(const Part& part, record::Draft& draft, const expr::Inputs& inputs, record::Value& value,
                   expr::Failure& failure);

  Part root_;
  std::shared_ptr<const record::Arena> owned_;
};

}  // namespace hiveframe::connectors::generate
