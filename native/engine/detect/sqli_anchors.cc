// Searches three bytes at once by the half-bytes of each, at sixteen offsets at a time: the algorithm that Hyperscan's authors call
// Teddy. Each bit of a table is one kind of anchor; there is an anchor at an offset when all six tables have the bit.

#include "sqli_anchors.h"

#include <array>
#include <string_view>

#ifdef __SSE2__
#include <tmmintrin.h>
#endif

namespace weir {
namespace {

// The bytes that an anchor may have at each of its three positions; empty: any byte.
struct Anchor {
  std::string_view first;
  std::string_view second;
  std::string_view third;
};

// A table knows only the half-bytes of an anchor, and so accepts every combination of them. Two kinds share a bit only where the
// other combinations are rare in text.
constexpr Anchor kAnchors[8] = {
    {"(", "", ""},
    {"@", "", ""},
    {";<=>", "", ""},
    {"sS", "eE", "lL"},
    {"lL", "iI", "kK"},
    {"wW", "hHaA", "eEiI"},   // when, waitfor
    {"rRbB", "eEoO", "gGoO"}, // regexp, boolean
    {"bB", "yY", "\t\n\v\f\r !\"#$%&'()*+,-./\x01\x1f\\\xa0\xc2"},
};

constexpr size_t kPlaces = 3;
constexpr size_t kHalves = 16;

struct Tables {
  std::array<std::array<uint8_t, kHalves>, kPlaces> low{};
  std::array<std::array<uint8_t, kHalves>, kPlaces> high{};
};

constexpr Tables kTables = [] {
  Tables tables;
  for (size_t n = 0; n < std::size(kAnchors); ++n) {
    const std::string_view places[kPlaces] = {kAnchors[n].first, kAnchors[n].second, kAnchors[n].third};
    const auto bit = static_cast<uint8_t>(1U << n);
    for (size_t place = 0; place < kPlaces; ++place) {
      for (size_t byte = 0; byte < 256; ++byte) {
        const bool is_there = places[place].empty() || places[place].find(static_cast<char>(byte)) != std::string_view::npos;
        if (!is_there) continue;
        tables.low[place][byte & 15] |= bit;
        tables.high[place][byte >> 4] |= bit;
      }
    }
  }
  return tables;
}();

bool IsAnchor(std::span<const uint8_t> value, size_t at) {
  uint8_t bits = 0xFF;
  for (size_t place = 0; place < kPlaces; ++place) {
    const uint8_t byte = at + place < value.size() ? value[at + place] : 0;
    bits &= kTables.low[place][byte & 15] & kTables.high[place][byte >> 4];
  }
  return bits != 0;
}

#ifdef __SSE2__
constexpr size_t kLanes = 16;

__attribute__((target("ssse3"))) inline __m128i LoadTable(const std::array<uint8_t, kHalves>& table) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(table.data()));
}

// The first anchor among those offsets that may be read sixteen at a time, or the offset after them. The processor need not be
// checked: Hyperscan does not run without these instructions.
__attribute__((target("ssse3"))) size_t NextOfMany(std::span<const uint8_t> value, size_t at) {
  const __m128i mask = _mm_set1_epi8(15);
  const __m128i low[kPlaces] = {LoadTable(kTables.low[0]), LoadTable(kTables.low[1]), LoadTable(kTables.low[2])};
  const __m128i high[kPlaces] = {LoadTable(kTables.high[0]), LoadTable(kTables.high[1]), LoadTable(kTables.high[2])};
  for (; at + kLanes + kPlaces - 1 <= value.size(); at += kLanes) {
    __m128i bits = _mm_set1_epi8(-1);
    for (size_t place = 0; place < kPlaces; ++place) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(value.data() + at + place));
      const __m128i of_low = _mm_shuffle_epi8(low[place], _mm_and_si128(bytes, mask));
      const __m128i of_high = _mm_shuffle_epi8(high[place], _mm_and_si128(_mm_srli_epi16(bytes, 4), mask));
      bits = _mm_and_si128(bits, _mm_and_si128(of_low, of_high));
    }
    const int none = _mm_movemask_epi8(_mm_cmpeq_epi8(bits, _mm_setzero_si128()));
    if (none != 0xFFFF) return at + static_cast<size_t>(__builtin_ctz(~static_cast<unsigned>(none)));
  }
  return at;
}
#else
size_t NextOfMany(std::span<const uint8_t>, size_t at) { return at; }
#endif

}  // namespace

size_t NextSqlAnchor(std::span<const uint8_t> value, size_t at) {
  at = NextOfMany(value, at);
  while (at < value.size() && !IsAnchor(value, at)) ++at;
  return at;
}

}  // namespace weir
