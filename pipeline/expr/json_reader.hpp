#pragma once

#include <memory>
#include <string_view>

#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::codec::json {
class ExactReader;
}

namespace hiveframe::expr {

/// What json() reads with, made when it is first called. Owned by whoever evaluates, with its Inputs; one
/// thread at a time. A copy begins empty.
class JsonReader {
 public:
  JsonReader() noexcept;
  JsonReader(const JsonReader&) noexcept;
  JsonReader& operator=(const JsonReader&) noexcept;
  ~JsonReader();

  codec::json::ExactReader& reader();

 private:
  std::unique_ptr<codec::json::ExactReader> reader_;
};

}  // namespace hiveframe::expr
