#include "tiered_database.h"

#include <array>
#include <bit>
#include <optional>

namespace weir {
namespace {

unsigned CountBytes(const ByteSet& set) {
  unsigned count = 0;
  for (const uint64_t word : set.words) count += static_cast<unsigned>(std::popcount(word));
  return count;
}

void Merge(ByteSet& into, const ByteSet& other) {
  for (size_t n = 0; n < into.words.size(); ++n) into.words[n] |= other.words[n];
}

std::optional<ByteSet> Narrower(const std::optional<ByteSet>& known, const ByteSet& set) {
  return !known || CountBytes(set) < CountBytes(*known) ? set : known;
}

ByteSet BothCases(uint8_t byte, bool caseless) {
  ByteSet set;
  set.Add(byte);
  const bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  if (caseless && is_letter) set.Add(byte ^ 0x20);
  return set;
}

// The narrowest set outside `tier` of which every match needs a byte; nothing when a value within `tier` may match.
std::optional<ByteSet> NeededOutside(const Pattern& pattern, const ByteSet& tier) {
  std::optional<ByteSet> needed;
  const auto consider = [&](const ByteSet& set) {
    if (!set.Intersects(tier)) needed = Narrower(needed, set);
  };
  for (const ByteSet& set : pattern.required) consider(set);
  if (pattern.kind == PatternKind::kLiteral) {
    for (const char c : pattern.source) consider(BothCases(static_cast<uint8_t>(c), pattern.caseless));
  }
  return needed;
}

}  // namespace

std::vector<TierMembers> SplitIntoTiers(const std::vector<Pattern>& patterns, const std::vector<size_t>& indexes,
                                        bool is_split) {
  constexpr ByteSet kNoBytes{};
  std::array<TierMembers, 3> tiers;
  for (const size_t index : indexes) {
    const Pattern& pattern = patterns[index];
    const auto beyond_text = is_split ? NeededOutside(pattern, kTextBytes) : std::nullopt;
    const auto beyond_plain = is_split ? NeededOutside(pattern, kPlainBytes) : std::nullopt;
    TierMembers& tier = tiers[beyond_plain ? 2 : beyond_text ? 1 : 0];
    tier.indexes.push_back(index);
    const auto needed =
        beyond_plain ? beyond_plain : beyond_text ? beyond_text : NeededOutside(pattern, kNoBytes);
    if (needed) {
      Merge(tier.gate.bytes, *needed);
    } else {
      tier.gate.is_closed = false;
    }
  }
  std::vector<TierMembers> filled;
  for (TierMembers& tier : tiers) {
    if (!tier.indexes.empty()) filled.push_back(std::move(tier));
  }
  return filled;
}

}  // namespace weir
