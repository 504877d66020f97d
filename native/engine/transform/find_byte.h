// Finds the next byte of interest, eight bytes at a time.

#ifndef WEIR_ENGINE_TRANSFORM_FIND_BYTE_H_
#define WEIR_ENGINE_TRANSFORM_FIND_BYTE_H_

#include <cstdint>
#include <cstring>

namespace weir {

inline constexpr uint64_t kOnes = 0x0101010101010101;
inline constexpr uint64_t kHighs = 0x8080808080808080;

inline uint64_t LoadEight(const uint8_t* at) {
  uint64_t eight = 0;
  std::memcpy(&eight, at, sizeof(eight));
  return eight;
}

// Not zero if, and only if, one of the eight bytes is zero.
inline uint64_t ZeroBytes(uint64_t eight) { return (eight - kOnes) & ~eight & kHighs; }

// The first `byte` in [at, end), or `end`.
inline const uint8_t* FindByte(const uint8_t* at, const uint8_t* end, uint8_t byte) {
  if (at == end) return end;
  const void* const found = std::memchr(at, byte, static_cast<size_t>(end - at));
  return found == nullptr ? end : static_cast<const uint8_t*>(found);
}

// The first of two bytes in [at, end), or `end`.
inline const uint8_t* FindEither(const uint8_t* at, const uint8_t* end, uint8_t one, uint8_t other) {
  while (end - at >= 8) {
    const uint64_t eight = LoadEight(at);
    if ((ZeroBytes(eight ^ (kOnes * one)) | ZeroBytes(eight ^ (kOnes * other))) != 0) break;
    at += 8;
  }
  while (at != end && *at != one && *at != other) ++at;
  return at;
}

// The first byte of 0x80 or above in [at, end), or `end`.
inline const uint8_t* FindHigh(const uint8_t* at, const uint8_t* end) {
  while (end - at >= 8 && (LoadEight(at) & kHighs) == 0) at += 8;
  while (at != end && *at < 0x80) ++at;
  return at;
}

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_FIND_BYTE_H_
