#include "daemon/manager/transforms_option.hpp"

#include <memory>

#include "pipeline/transform/registry.hpp"

namespace hiveframe::daemon {

using namespace config;

namespace {

// The type of an item of `transforms:`: a map of one of the transforms there are.
std::shared_ptr<const TableInfo> transform_info() {
  auto info = std::make_shared<TableInfo>();
  info->name = "transform";
  info->summary = "One step of the way from source to sinks; each item of the list has one key";
  for (const transform::TransformKind& kind : transform::transforms()) {
    OptionInfo option;
    option.name = kind.table->keyword;
    option.help_text = kind.table->summary;
    option.type = TypeInfo::of(TypeInfo::Kind::table);
    option.type.table = std::shared_ptr<const TableInfo>(kind.table, [](const TableInfo*) {});  // lives on
    info->options.push_back(std::move(option));
  }
  return info;
}

}  // namespace

OptionType<std::vector<runtime::StageSpec>> transforms_type() {
  TypeInfo item = TypeInfo::of(TypeInfo::Kind::table);
  item.wanted = "a transform";
  item.table = transform_info();
  TypeInfo list = TypeInfo::of(TypeInfo::Kind::list);
  list.wanted = "a list of transforms";
  list.element = std::make_shared<const TypeInfo>(std::move(item));
  return custom<std::vector<runtime::StageSpec>>(
      std::move(list),
      [](const Node& node, Reader& reader) -> std::optional<std::vector<runtime::StageSpec>> {
        auto steps = transform::read_transforms(node, reader);
        if (!steps) return std::nullopt;
        std::vector<runtime::StageSpec> stages;
        for (transform::Step& step : *steps) {
          stages.push_back({"transforms[" + std::to_string(stages.size()) + "] " + std::string(step.name),
                            std::move(step.transform)});
        }
        return stages;
      });
}

}  // namespace hiveframe::daemon
