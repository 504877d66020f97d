// Short values, and what was found in them in their class, so that they need not be scanned again: names of fields, header values and the
// like are in every request. Some match in every request, such as the names of headers, which a rule reads one by one. The look-up is
// exact: the whole value is compared.

#ifndef WEIR_ENGINE_KNOWN_VALUES_H_
#define WEIR_ENGINE_KNOWN_VALUES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hit.h"

namespace weir {

using ByteView = std::span<const uint8_t>;

// A table of fixed size (1.6 MiB) in which a new value replaces an old one. A client that sends unusual values
// can only make it useless for a while. One per thread.
class KnownValues {
 public:
  // Longer ones are not kept: few of them recur. The longest ones of browsers that recur are Accept and User-Agent.
  static constexpr size_t kValueBytesMax = 144;
  // A value with more hits is not kept: harmless requests have no such values.
  static constexpr size_t kHitsMax = 4;
  static constexpr size_t kSlots = 8'192;

  // A value of a class of a program; `program` is a number that no other program has.
  struct Key {
    uint64_t program;
    uint32_t program_class;
    ByteView value;
    uint64_t digest;
  };
  // `value` is borrowed. Pointless for more than kValueBytesMax bytes: such a value is never remembered.
  static Key KeyOf(uint64_t program, uint32_t program_class, ByteView value);

  // Prefetches the memory that Find() will read.
  void Prefetch(const Key& key) const;

  // The hits of a value, possibly none, and what finding them cost, in units of work.h.
  struct Known {
    std::span<const PatternHit> hits;
    uint32_t work;
  };
  // What is known of the value in this class of this program; no result if the value is not known.
  std::optional<Known> Find(const Key& key) const;

  // Remembers a value that is not there yet.
  void Add(const Key& key, const Known& known);

 private:
  // Slots in which a value may be (the table's associativity): the more, the fewer values evict each other.
  static constexpr size_t kWays = 4;

  struct Slot {
    uint64_t program = 0;  // 0 = empty.
    uint32_t program_class = 0;
    uint16_t length = 0;
    uint16_t hit_count = 0;
    uint32_t work = 0;
    std::array<PatternHit, kHitsMax> hits;
    std::array<uint8_t, kValueBytesMax> bytes;
  };

  // Index of the first of the slots in which the value may be.
  static size_t FirstSlot(const Key& key) { return key.digest % (kSlots / kWays) * kWays; }

  std::vector<Slot> slots_ = std::vector<Slot>(kSlots);
  // Some bits of the digest of each slot's value, close together: the slots themselves are far apart and
  // seldom needed.
  std::vector<uint32_t> tags_ = std::vector<uint32_t>(kSlots);
  // The way that the next value of a set of slots takes.
  std::vector<uint8_t> next_way_ = std::vector<uint8_t>(kSlots / kWays);
};

}  // namespace weir

#endif  // WEIR_ENGINE_KNOWN_VALUES_H_
