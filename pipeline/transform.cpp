#include "pipeline/transform.hpp"

#include <stdexcept>

namespace hiveframe::pipeline {

bool Transform::part(const record::Value& /*whole*/, std::size_t /*number*/, record::Arena& /*arena*/,
                     record::Value& /*made*/, record::DataError& /*error*/) const {
  throw std::logic_error("a transform that splits records makes their parts");
}

}  // namespace hiveframe::pipeline
