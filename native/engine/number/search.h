// Searches a text for numbers: a match of the pattern counts when its check digits are right. Knows no rule and no Node.

#ifndef WEIR_ENGINE_NUMBER_SEARCH_H_
#define WEIR_ENGINE_NUMBER_SEARCH_H_

#include <string>

#include "../re2_confirm.h"
#include "check.h"

namespace weir {

// May be shared by threads. RE2 decides by its own preference which match it tries at each position: one candidate per position.
class NumberSearch {
 public:
  // Throws pattern.compile for a pattern that RE2 refuses.
  NumberSearch(std::string source, NumberCheck check);

  // True when a number begins in text[from, starts_to); it may end after that. Anchors and word boundaries see the bytes outside.
  // Runs one search per candidate.
  bool Finds(ByteView text, size_t from, size_t starts_to) const;

 private:
  Re2Pattern pattern_;
  NumberCheck check_;
};

}  // namespace weir

#endif  // WEIR_ENGINE_NUMBER_SEARCH_H_
