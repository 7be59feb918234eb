#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hiveframe::config {

/// Writes one JSON text in the order of the calls. The caller sees to it that they make a text: in an object
/// a key before each value.
class JsonText {
 public:
  enum class Layout : std::uint8_t { indented, one_line };

  explicit JsonText(Layout layout = Layout::indented);
  ~JsonText();
  JsonText(const JsonText&) = delete;
  JsonText& operator=(const JsonText&) = delete;

  void key(std::string_view name);
  void string(std::string_view value);
  void integer(std::int64_t value);
  void natural(std::uint64_t value);
  void real(double value);
  void boolean(bool value);
  /// A value that is JSON already.
  void json(std::string_view value);

  /// An object, with the members that the call writes.
  template <typename Members>
  void object(Members members) {
    begin_object();
    members();
    end_object();
  }
  template <typename Items>
  void array(Items items) {
    begin_array();
    items();
    end_array();
  }

  /// A member that is a text.
  void member(std::string_view name, std::string_view value) {
    key(name);
    string(value);
  }

  /// Without a newline at its end.
  std::string str() const;

 private:
  void begin_object();
  void end_object();
  void begin_array();
  void end_array();

  struct Writer;  ///< RapidJSON's
  std::unique_ptr<Writer> writer_;
};

}  // namespace hiveframe::config
