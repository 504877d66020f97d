#include "search.h"

#include <algorithm>
#include <utility>

namespace weir {

NumberSearch::NumberSearch(std::string source, NumberCheck check) : pattern_(std::move(source), false), check_(check) {
  pattern_.Compile();
}

bool NumberSearch::Finds(ByteView text, size_t from, size_t starts_to) const {
  size_t end = 0;
  for (size_t start = from; start < std::min(starts_to, text.size()); ++start) {
    if (!pattern_.FirstFrom(text, &start, &end) || start >= starts_to) return false;
    if (IsNumber(check_, text.subspan(start, end - start))) return true;
  }
  return false;
}

}  // namespace weir
