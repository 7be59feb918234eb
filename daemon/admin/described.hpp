// JSON and its description from one declaration, so that they cannot tell different things. Only the .cpp
// files that declare what the API shows include this.
#pragma once

#include <chrono>
#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/json_text.hpp"
#include "daemon/admin/shape.hpp"

namespace hiveframe::daemon {

/// How the API shows a T: members in their order, each a function of the T. Made once, then only read.
template <typename T>
class Described {
 public:
  explicit Described(std::string name, auto... members) {
    std::vector<ShapeMember> shapes;
    (add(shapes, std::move(members)), ...);
    shape_ = object_shape(std::move(name), std::move(shapes));
  }

  const Shape& shape() const noexcept { return shape_; }

  void write(config::JsonText& out, const T& value) const {
    out.object([&] {
      for (const auto& each : writers_)
        each(out, value);
    });
  }
  std::string to_json(const T& value) const {
    config::JsonText out;
    write(out, value);
    return out.str() + "\n";
  }

 private:
  void add(std::vector<ShapeMember>& shapes, auto member) {
    shapes.push_back(std::move(member.first));
    writers_.push_back(std::move(member.second));
  }

  Shape shape_;
  std::vector<std::function<void(config::JsonText&, const T&)>> writers_;
};

std::string rfc3339(std::chrono::system_clock::time_point time);
/// Text of anywhere, mended where it is no UTF-8.
void write_text(config::JsonText& out, std::string_view text);

namespace detail {

template <typename V>
struct Shown;  // how a member of type V is shown

template <>
struct Shown<std::string> {
  static Shape shape() { return text_shape(); }
  static void write(config::JsonText& out, const std::string& value) { write_text(out, value); }
};
template <>
struct Shown<bool> {
  static Shape shape() { return flag_shape(); }
  static void write(config::JsonText& out, bool value) { out.boolean(value); }
};
template <std::unsigned_integral V>
struct Shown<V> {
  static Shape shape() { return count_shape(); }
  static void write(config::JsonText& out, V value) { out.natural(value); }
};
template <std::floating_point V>
struct Shown<V> {
  static Shape shape() { return number_shape(); }
  static void write(config::JsonText& out, V value) { out.real(value); }
};
template <>
struct Shown<std::chrono::system_clock::time_point> {
  static Shape shape() { return time_shape(); }
  static void write(config::JsonText& out, std::chrono::system_clock::time_point value) {
    out.string(rfc3339(value));
  }
};
template <typename V>
struct Shown<std::vector<V>> {
  static Shape shape() { return list_shape(Shown<V>::shape()); }
  static void write(config::JsonText& out, const std::vector<V>& values) {
    out.array([&] {
      for (const V& each : values)
        Shown<V>::write(out, each);
    });
  }
};
/// Of a type with a function `const Described<V>& described(const V*)` beside it.
template <typename V>
  requires requires(const V* value) { described(value); }
struct Shown<V> {
  static Shape shape() { return described(static_cast<const V*>(nullptr)).shape(); }
  static void write(config::JsonText& out, const V& value) {
    described(static_cast<const V*>(nullptr)).write(out, value);
  }
};

template <typename V>
struct IsOptional : std::false_type {};
template <typename V>
struct IsOptional<std::optional<V>> : std::true_type {};

}  // namespace detail

/// A member of a T's JSON: `get` is a pointer to a member or a function of a T. An optional that is empty is
/// left out.
template <typename T, typename Get>
auto shown(std::string name, Get get, std::string help = {}) {
  using V = std::remove_cvref_t<std::invoke_result_t<Get, const T&>>;
  using Writer = std::function<void(config::JsonText&, const T&)>;
  if constexpr (detail::IsOptional<V>::value) {
    using Inner = typename V::value_type;
    ShapeMember member{name, detail::Shown<Inner>::shape(), std::move(help), true};
    return std::pair<ShapeMember, Writer>(std::move(member),
                                          [name, get](config::JsonText& out, const T& from) {
                                            const V value = std::invoke(get, from);
                                            if (!value) return;
                                            out.key(name);
                                            detail::Shown<Inner>::write(out, *value);
                                          });
  } else {
    ShapeMember member{name, detail::Shown<V>::shape(), std::move(help), false};
    return std::pair<ShapeMember, Writer>(std::move(member),
                                          [name, get](config::JsonText& out, const T& from) {
                                            out.key(name);
                                            detail::Shown<V>::write(out, std::invoke(get, from));
                                          });
  }
}

/// The same for a text that is one of a few words.
template <typename T, typename Get>
auto shown_choice(std::string name, std::vector<std::string> choices, Get get, std::string help = {}) {
  auto member = shown<T>(
      std::move(name), [get](const T& from) { return std::string(std::invoke(get, from)); }, std::move(help));
  member.first.shape = choice_shape(std::move(choices));
  return member;
}

}  // namespace hiveframe::daemon
