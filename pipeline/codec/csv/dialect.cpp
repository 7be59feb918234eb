#include "pipeline/codec/csv/dialect.hpp"

#include "pipeline/codec/file_name.hpp"

namespace hiveframe::codec::csv {

Dialect Dialect::for_file(std::string_view name) const {
  Dialect settled = *this;
  if (!delimiter) settled.delimiter = ends_with_ignoring_case(without_packing(name), ".tsv") ? '\t' : ',';
  return settled;
}

}  // namespace hiveframe::codec::csv
