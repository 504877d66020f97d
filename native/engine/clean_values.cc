#include "clean_values.h"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

// Not a defence: values made to share a set only push each other out.
uint64_t Digest(uint64_t program, uint32_t program_class, ByteView value) {
  constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;
  uint64_t state = (program ^ (uint64_t{program_class} << 32) ^ value.size()) * kMultiplier;
  for (size_t at = 0; at < value.size(); at += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, value.data() + at, std::min(sizeof(word), value.size() - at));
    state = (state ^ word) * kMultiplier;
    state ^= state >> 32;
  }
  return state;
}

}  // namespace

bool CleanValues::Has(uint64_t program, uint32_t program_class, ByteView value) const {
  if (value.size() > kValueBytesMax) return false;
  const size_t set = Digest(program, program_class, value) % (kSlots / kWays);
  return std::any_of(&slots_[set * kWays], &slots_[set * kWays] + kWays, [&](const Slot& slot) {
    return slot.program == program && slot.program_class == program_class && slot.length == value.size() &&
           (value.empty() || std::memcmp(slot.bytes.data(), value.data(), value.size()) == 0);
  });
}

void CleanValues::Add(uint64_t program, uint32_t program_class, ByteView value) {
  if (value.size() > kValueBytesMax) return;
  const size_t set = Digest(program, program_class, value) % (kSlots / kWays);
  Slot& slot = slots_[set * kWays + next_way_[set]];
  next_way_[set] = (next_way_[set] + 1) % kWays;
  slot.program = program;
  slot.program_class = program_class;
  slot.length = static_cast<uint32_t>(value.size());
  if (!value.empty()) std::memcpy(slot.bytes.data(), value.data(), value.size());
}

}  // namespace weir
