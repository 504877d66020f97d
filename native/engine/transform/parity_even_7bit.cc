// t:parityEven7bit: sets the eighth bit so that the number of ones is even.

#include <bit>

#include "byte_map.h"
#include "kinds.h"

namespace weir {
namespace {

struct ParityEvenMap {
  static constexpr std::array<uint8_t, 256> kTable = MapTable([](uint8_t byte) -> uint8_t {
    return static_cast<uint8_t>((byte & 0x7F) | (std::popcount(byte & 0x7Fu) % 2 == 1 ? 0x80 : 0));
  });
};

}  // namespace

constinit const TransformKind kParityEven7bitKind = KindOf<ByteMapMachine<ParityEvenMap>>("parityEven7bit");

}  // namespace weir
