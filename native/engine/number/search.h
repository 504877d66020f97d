// Searches a text for numbers: what a pattern finds counts when its digits check. Knows no rule and no Node.

#ifndef WEIR_ENGINE_NUMBER_SEARCH_H_
#define WEIR_ENGINE_NUMBER_SEARCH_H_

#include <string>

#include "../re2_confirm.h"
#include "check.h"

namespace weir {

// Shared by threads. The pattern's own preference decides what is tried at each place, one candidate a place.
class NumberSearch {
 public:
  // Throws pattern.compile for a pattern that RE2 refuses.
  NumberSearch(std::string source, NumberCheck check);

  // True when a number begins in text[from, starts_to); it may end after that. Bytes outside are seen by
  // anchors and word boundaries. Takes one search for each candidate.
  bool Finds(ByteView text, size_t from, size_t starts_to) const;

 private:
  Re2Pattern pattern_;
  NumberCheck check_;
};

}  // namespace weir

#endif  // WEIR_ENGINE_NUMBER_SEARCH_H_
