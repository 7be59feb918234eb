#include "daemon/admin/shape.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "config/text.hpp"

namespace hiveframe::daemon {
namespace {

Shape of_kind(Shape::Kind kind) {
  Shape shape;
  shape.kind = kind;
  return shape;
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& each : words)
    text += (text.empty() ? "" : ", ") + each;
  return text;
}

std::string range_of(const Shape& shape) {
  std::string text = " from " + std::to_string(shape.least.value_or(0));
  if (shape.most) text += " to " + std::to_string(*shape.most);
  return text;
}

void write_bounds(config::JsonText& out, const Shape& shape, const char* least, const char* most) {
  if (shape.least) {
    out.key(least);
    out.natural(*shape.least);
  }
  if (shape.most) {
    out.key(most);
    out.natural(*shape.most);
  }
}

void write_members(config::JsonText& out, const Shape& shape) {
  switch (shape.kind) {
    case Shape::Kind::text:
      out.member("type", "string");
      if (!shape.choices.empty()) {
        out.key("enum");
        out.array([&] {
          for (const std::string& each : shape.choices)
            out.string(each);
        });
      }
      if (!shape.pattern.empty()) out.member("pattern", shape.pattern);
      write_bounds(out, shape, "minLength", "maxLength");
      break;
    case Shape::Kind::count:
      out.member("type", "integer");
      write_bounds(out, shape, "minimum", "maximum");
      break;
    case Shape::Kind::number:
      out.member("type", "number");
      write_bounds(out, shape, "minimum", "maximum");
      break;
    case Shape::Kind::flag:
      out.member("type", "boolean");
      break;
    case Shape::Kind::time:
      out.member("type", "string");
      out.member("format", "date-time");
      break;
    case Shape::Kind::list:
      out.member("type", "array");
      out.key("items");
      write_schema(out, *shape.items);
      break;
    case Shape::Kind::object:
      out.member("$ref", "#/components/schemas/" + shape.name);
      break;
    case Shape::Kind::any:
      break;
  }
}

}  // namespace

Shape text_shape() { return of_kind(Shape::Kind::text); }

Shape choice_shape(std::vector<std::string> choices) {
  Shape shape = of_kind(Shape::Kind::text);
  shape.choices = std::move(choices);
  return shape;
}

Shape count_shape(std::uint64_t least, std::optional<std::uint64_t> most) {
  Shape shape = of_kind(Shape::Kind::count);
  shape.least = least;
  shape.most = most;
  return shape;
}

Shape number_shape() { return of_kind(Shape::Kind::number); }
Shape flag_shape() { return of_kind(Shape::Kind::flag); }
Shape time_shape() { return of_kind(Shape::Kind::time); }
Shape any_shape() { return of_kind(Shape::Kind::any); }

Shape list_shape(Shape items) {
  Shape shape = of_kind(Shape::Kind::list);
  shape.items = std::make_shared<const Shape>(std::move(items));
  return shape;
}

Shape object_shape(std::string name, std::vector<ShapeMember> members) {
  Shape shape = of_kind(Shape::Kind::object);
  shape.name = std::move(name);
  shape.members = std::make_shared<const std::vector<ShapeMember>>(std::move(members));
  return shape;
}

void write_schema(config::JsonText& out, const Shape& shape) {
  out.object([&] { write_members(out, shape); });
}

void write_object_schema(config::JsonText& out, const Shape& object) {
  out.object([&] {
    out.member("type", "object");
    out.key("properties");
    out.object([&] {
      for (const ShapeMember& each : *object.members) {
        out.key(each.name);
        out.object([&] {
          write_members(out, each.shape);
          if (!each.help.empty()) out.member("description", each.help);
        });
      }
    });
    const auto is_required = [](const ShapeMember& each) { return !each.optional; };
    if (std::ranges::any_of(*object.members, is_required)) {
      out.key("required");
      out.array([&] {
        for (const ShapeMember& each : *object.members) {
          if (is_required(each)) out.string(each.name);
        }
      });
    }
    out.key("additionalProperties");
    out.boolean(false);
  });
}

void collect_objects(const Shape& shape, std::vector<Shape>& into) {
  if (shape.items) collect_objects(*shape.items, into);
  if (shape.kind != Shape::Kind::object) return;
  if (std::ranges::any_of(into, [&](const Shape& each) { return each.name == shape.name; })) return;
  into.push_back(shape);
  for (const ShapeMember& each : *shape.members)
    collect_objects(each.shape, into);
}

std::optional<std::string> find_mismatch(const Shape& shape, std::string_view text) {
  const char* const end = text.data() + text.size();
  switch (shape.kind) {
    case Shape::Kind::count: {
      std::uint64_t value = 0;
      const auto [stop, error] = std::from_chars(text.data(), end, value);
      const bool in_range = value >= shape.least.value_or(0) && (!shape.most || value <= *shape.most);
      if (error == std::errc() && stop == end && in_range) return std::nullopt;
      return "must be a whole number" + range_of(shape) + ", not " + config::quote(text);
    }
    case Shape::Kind::flag:
      if (text == "true" || text == "false") return std::nullopt;
      return "must be true or false, not " + config::quote(text);
    default: {
      const bool known =
          shape.choices.empty() || std::ranges::find(shape.choices, text) != shape.choices.end();
      if (!known) return "must be one of " + listed(shape.choices) + ", not " + config::quote(text);
      if (text.size() < shape.least.value_or(0)) return "must not be empty";
      if (shape.most && text.size() > *shape.most)
        return "must not be longer than " + std::to_string(*shape.most) + " bytes";
      return std::nullopt;
    }
  }
}

}  // namespace hiveframe::daemon
