// The set of byte values that occur in a value: 256 bits, one pass to compute.

#ifndef WEIR_ENGINE_TRANSFORM_BYTE_SET_H_
#define WEIR_ENGINE_TRANSFORM_BYTE_SET_H_

#include <array>
#include <cstdint>
#include <span>

namespace weir {

// Bit n of word n / 64 is byte value n.
struct ByteSet {
  // Up to this length it is faster to set the bits directly than to go through a table.
  static constexpr size_t kFewBytes = 64;

  std::array<uint64_t, 4> words{};

  constexpr void Add(uint8_t byte) { words[byte >> 6] |= uint64_t{1} << (byte & 63); }
  constexpr bool Has(uint8_t byte) const { return (words[byte >> 6] >> (byte & 63)) & 1; }
  constexpr bool Intersects(const ByteSet& other) const {
    return ((words[0] & other.words[0]) | (words[1] & other.words[1]) | (words[2] & other.words[2]) |
            (words[3] & other.words[3])) != 0;
  }
  constexpr bool IsSubsetOf(const ByteSet& other) const {
    return ((words[0] & ~other.words[0]) | (words[1] & ~other.words[1]) | (words[2] & ~other.words[2]) |
            (words[3] & ~other.words[3])) == 0;
  }
  constexpr bool operator==(const ByteSet&) const = default;
  static ByteSet Of(std::span<const uint8_t> value) {
    if (value.size() <= kFewBytes) {
      // Four words in registers: Add() in memory would wait for its own stores.
      uint64_t first = 0, second = 0, third = 0, fourth = 0;
      for (const uint8_t byte : value) {
        const uint64_t bit = uint64_t{1} << (byte & 63);
        const unsigned word = byte >> 6;
        first |= word == 0 ? bit : 0;
        second |= word == 1 ? bit : 0;
        third |= word == 2 ? bit : 0;
        fourth |= word == 3 ? bit : 0;
      }
      return {{first, second, third, fourth}};
    }
    // A table of bytes first: one independent store per byte, instead of a chain of read-modify-writes on the words.
    std::array<uint8_t, 256> seen{};
    for (const uint8_t byte : value) seen[byte] = 1;
    ByteSet set;
    for (unsigned n = 0; n < 256; ++n) set.words[n >> 6] |= uint64_t{seen[n]} << (n & 63);
    return set;
  }
};

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_BYTE_SET_H_
