#include "known_values.h"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

// Not a defence against collisions: values chosen to share a set of slots only evict each other.
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

constexpr uint32_t TagOf(uint64_t digest) { return static_cast<uint32_t>(digest >> 32); }

}  // namespace

KnownValues::Key KnownValues::KeyOf(uint64_t program, uint32_t program_class, ByteView value) {
  return {program, program_class, value, Digest(program, program_class, value)};
}

void KnownValues::Prefetch(const Key& key) const {
  const size_t first = FirstSlot(key);
  for (size_t slot = first; slot < first + kWays; ++slot) {
    if (tags_[slot] == TagOf(key.digest)) __builtin_prefetch(&slots_[slot]);
  }
}

std::optional<KnownValues::Known> KnownValues::Find(const Key& key) const {
  const size_t first = FirstSlot(key);
  for (size_t n = first; n < first + kWays; ++n) {
    if (tags_[n] != TagOf(key.digest)) continue;
    const Slot& slot = slots_[n];
    if (slot.program == key.program && slot.program_class == key.program_class && slot.length == key.value.size() &&
        (key.value.empty() || std::memcmp(slot.bytes.data(), key.value.data(), key.value.size()) == 0)) {
      return Known{std::span(slot.hits).first(slot.hit_count), slot.work};
    }
  }
  return std::nullopt;
}

void KnownValues::Add(const Key& key, const Known& known) {
  const auto& [hits, work] = known;
  if (key.value.size() > kValueBytesMax || hits.size() > kHitsMax) return;
  const size_t first = FirstSlot(key);
  uint8_t& way = next_way_[first / kWays];
  const size_t n = first + way;
  way = (way + 1) % kWays;
  tags_[n] = TagOf(key.digest);
  Slot& slot = slots_[n];
  slot.program = key.program;
  slot.program_class = key.program_class;
  slot.length = static_cast<uint16_t>(key.value.size());
  slot.hit_count = static_cast<uint16_t>(hits.size());
  slot.work = work;
  std::ranges::copy(hits, slot.hits.begin());
  if (!key.value.empty()) std::memcpy(slot.bytes.data(), key.value.data(), key.value.size());
}

}  // namespace weir
