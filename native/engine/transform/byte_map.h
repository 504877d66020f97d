// Templates of transformations that map each byte by itself: to one byte, or to none.

#ifndef WEIR_ENGINE_TRANSFORM_BYTE_MAP_H_
#define WEIR_ENGINE_TRANSFORM_BYTE_MAP_H_

#include "machine.h"

namespace weir {

// `Map` has Of(byte), in plain arithmetic, so that compilers vectorise the loop.
template <typename Map>
struct ByteMapMachine {
  void Write(ByteView input, Bytes& out) {
    Cursor cursor(out, input.size());
    uint8_t* at = cursor.at;
    for (const uint8_t byte : input) *at++ = Map::Of(byte);
    cursor.at = at;
  }
  void End(Bytes&) {}

  static bool Unchanged(const ByteSet& bytes, size_t) { return !bytes.Intersects(kChanged); }

  static constexpr ByteSet kChanged = [] {
    ByteSet set;
    for (unsigned byte = 0; byte < 256; ++byte) {
      if (Map::Of(static_cast<uint8_t>(byte)) != byte) set.Add(static_cast<uint8_t>(byte));
    }
    return set;
  }();
};

// `Filter` has kDropped, the set of bytes to leave out.
template <typename Filter>
struct ByteFilterMachine {
  void Write(ByteView input, Bytes& out) {
    Cursor cursor(out, input.size());
    uint8_t* at = cursor.at;
    for (const uint8_t byte : input) {
      *at = byte;  // always written, kept only if the pointer moves: avoids a branch
      at += kKept[byte];
    }
    cursor.at = at;
  }
  void End(Bytes&) {}

  static bool Unchanged(const ByteSet& bytes, size_t) { return !bytes.Intersects(Filter::kDropped); }

  static constexpr std::array<uint8_t, 256> kKept = [] {
    std::array<uint8_t, 256> table{};
    for (unsigned byte = 0; byte < 256; ++byte) table[byte] = Filter::kDropped.Has(static_cast<uint8_t>(byte)) ? 0 : 1;
    return table;
  }();
};

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_BYTE_MAP_H_
