// Block databases of one list of expressions, split by the bytes that a value must hold to match: most values hold only letters,
// digits and spaces, and few patterns can match those. Such values are scanned with a small, fast database.

#ifndef WEIR_ENGINE_TIERED_DATABASE_H_
#define WEIR_ENGINE_TIERED_DATABASE_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "hyperscan.h"
#include "pattern.h"

namespace weir {

// Tells which values no pattern of a tier can match.
struct TierGate {
  // A value without any of these bytes matches nothing.
  ByteSet bytes;
  // False when some pattern does not need a particular byte: every value passes.
  bool is_closed = true;

  bool Admits(const ByteSet& value) const { return !is_closed || bytes.Intersects(value); }
};

struct Tier {
  // Shared with other sets of the same expressions.
  std::shared_ptr<const HsDatabase> database;
  TierGate gate;
};

// Expressions of one tier, by index into the patterns given.
struct TierMembers {
  std::vector<size_t> indexes;
  TierGate gate;
};

// Distributes patterns over tiers: those that text can match, those that plain values can match, and the rest. With
// `is_split` false there is one tier. Empty tiers are left out.
std::vector<TierMembers> SplitIntoTiers(const std::vector<Pattern>& patterns, const std::vector<size_t>& indexes,
                                        bool is_split);

}  // namespace weir

#endif  // WEIR_ENGINE_TIERED_DATABASE_H_
