#include "clean_values.h"

#include <algorithm>

namespace weir {

// Not a defence: values made to share a slot only push each other out.
CleanValues::Slot& CleanValues::SlotOf(uint64_t program, uint32_t program_class, ByteView value) {
  constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;
  uint64_t state = (program ^ (uint64_t{program_class} << 32) ^ value.size()) * kMultiplier;
  for (size_t at = 0; at < value.size(); at += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, value.data() + at, std::min(sizeof(word), value.size() - at));
    state = (state ^ word) * kMultiplier;
    state ^= state >> 32;
  }
  return slots_[state % kSlots];
}

}  // namespace weir
