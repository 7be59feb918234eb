#include "pipeline/codec/json/known_shapes.hpp"

#include <algorithm>
#include <cstring>

#include "pipeline/codec/json/number_check.hpp"

namespace hiveframe::codec::json {
namespace {

// Records that make longer tapes are few, or have lists whose lengths differ.
constexpr std::size_t longest_tape = 512;
constexpr std::size_t deepest = 64;
constexpr unsigned longest_pause = 255;
constexpr std::size_t size_bytes = sizeof(std::uint32_t);  // before a string's text
constexpr std::size_t seen_at_once = 16;
constexpr std::uint64_t type_bits = std::uint64_t{0xFF} << 56;

template <class Words>
Words load(const void* at) noexcept {
  Words words;
  std::memcpy(&words, at, sizeof words);
  return words;
}

/// Ones for the first `bytes` of a word.
std::uint64_t mask_of(std::size_t bytes) noexcept {
  return bytes >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * bytes)) - 1;
}

}  // namespace

constexpr std::array<KnownShapes::Form, 256> KnownShapes::forms() {
  std::array<Form, 256> all{};
  for (const unsigned char type : {'"', 't', 'f', 'n'})
    all[type] = Form::word;
  for (const unsigned char type : {'l', 'u', 'd'})
    all[type] = Form::number;
  all['{'] = Form::object;
  all['}'] = Form::object_end;
  all['['] = Form::list;
  all[']'] = Form::list_end;
  return all;
}

inline KnownShapes::Form KnownShapes::form_of(const Tape& tape, std::size_t i) noexcept {
  static constexpr std::array<Form, 256> all = forms();
  return all[static_cast<unsigned char>(tape.type(i))];
}

bool KnownShapes::hold(const Tape& tape, const char* source) noexcept {
  Shape& shape = shapes_[tape.size() % places];
  if (shape.words != tape.size()) return false;
  if (!same_types(tape, shape) && !same_forms(tape, shape)) return false;
  if (!same_names(tape, shape)) return false;
  shape.met = true;
  const std::uint32_t* const marks = tape.marks();
  for (const Number& number : shape.numbers) {
    if (!keeps_number(tape, number.at, source + marks[number.mark])) return false;
  }
  return true;
}

/// Whether each element has the type that it had.
bool KnownShapes::same_types(const Tape& tape, const Shape& shape) noexcept {
  Words different{};
  const std::uint64_t* word = tape.words();
  for (const Eight& eight : shape.types) {
    for (const Expected& two : eight) {
      different |= (load<Words>(word) ^ two.words) & two.mask;
      word += 2;
    }
  }
  return (different[0] | different[1]) == 0;
}

/// The same, but what takes as much room on the tape may stand for another: a null for a text. From element
/// to element: as long as the forms are the same, so is the place of the next, and whether it is a name.
/// Names count, for where one is expected there may be a bracket, and the words of numbers can look like
/// anything.
bool KnownShapes::same_forms(const Tape& tape, const Shape& shape) noexcept {
  unsigned different = 0;
  for (const Element& element : shape.elements)
    different |= static_cast<unsigned>(form_of(tape, element.at)) ^ static_cast<unsigned>(element.form);
  return different == 0;
}

bool KnownShapes::same_names(const Tape& tape, const Shape& shape) noexcept {
  Words different{};
  const Expected* expected = shape.names.data();
  for (const std::uint32_t at : shape.names_at) {
    different |= (load<Words>(tape.string_with_size(at)) ^ expected->words) & expected->mask;
    ++expected;
  }
  if ((different[0] | different[1]) != 0) return false;
  // That they are of the same size is known by now.
  return std::all_of(shape.long_names.begin(), shape.long_names.end(), [&](const LongName& name) {
    return std::memcmp(tape.string_with_size(name.at) + seen_at_once, shape.text.data() + name.begin,
                       name.size) == 0;
  });
}

void KnownShapes::learn(const Tape& tape) {
  if (tape.size() > longest_tape) return;
  if (pause_ > 0) {
    --pause_;
    return;
  }
  Shape& shape = shapes_[tape.size() % places];
  if (shape.words != 0) {
    wait_ = shape.met ? wait_ / 2 : std::min(2 * wait_ + 1, longest_pause);
    pause_ = wait_;
  }
  shape.words = 0;
  shape.met = false;
  shape.types.assign((tape.size() + 7) / 8, Eight{});
  shape.elements.clear();
  shape.numbers.clear();
  shape.names_at.clear();
  shape.names.clear();
  shape.long_names.clear();
  shape.text.clear();
  if (add_elements(tape, shape)) shape.words = tape.size();
}

/// False: it is nested too deeply.
bool KnownShapes::add_elements(const Tape& tape, Shape& shape) {
  std::array<bool, deepest> in_object{};
  std::size_t depth = 0;
  std::size_t at = Tape::root;
  std::uint32_t mark = 0;
  bool first = true;  // nothing stands before it in its list or object
  do {
    Form form = form_of(tape, at);
    if (form != Form::object_end && form != Form::list_end) {
      if (!first) ++mark;  // the comma
      if (depth > 0 && in_object[depth - 1]) {
        add_name(tape, at, shape);
        mark += 2;  // the name and the colon
        form = form_of(tape, ++at);
      }
    }
    add_element(tape, at, shape);
    if (form == Form::number) shape.numbers.push_back({static_cast<std::uint32_t>(at), mark});
    first = form == Form::object || form == Form::list;
    if (first) {
      if (depth == deepest) return false;
      in_object[depth++] = form == Form::object;
    } else if (form == Form::object_end || form == Form::list_end) {
      --depth;
    }
    at += form == Form::number ? 2 : 1;
    ++mark;
  } while (depth > 0);
  return true;
}

void KnownShapes::add_element(const Tape& tape, std::size_t i, Shape& shape) {
  shape.elements.push_back({static_cast<std::uint32_t>(i), form_of(tape, i)});
  Expected& two = shape.types[i / 8][i / 2 % 4];
  two.words[i % 2] = tape.words()[i];
  two.mask[i % 2] = type_bits;
}

void KnownShapes::add_name(const Tape& tape, std::size_t i, Shape& shape) {
  add_element(tape, i, shape);
  const auto at = static_cast<std::uint32_t>(i);
  const std::size_t size = size_bytes + tape.string(i).size();
  const Words mask = {mask_of(size), size > 8 ? mask_of(size - 8) : 0};
  const char* const text = tape.string_with_size(i);
  shape.names_at.push_back(at);
  shape.names.push_back({load<Words>(text) & mask, mask});
  if (size <= seen_at_once) return;
  const auto begin = static_cast<std::uint32_t>(shape.text.size());
  shape.text.append(text + seen_at_once, size - seen_at_once);
  shape.long_names.push_back({at, begin, static_cast<std::uint32_t>(size - seen_at_once)});
}

}  // namespace hiveframe::codec::json
