// t:parityOdd7bit: sets the eighth bit so that the number of ones is odd.

#include <bit>

#include "byte_map.h"
#include "machine.h"

namespace weir {
namespace {

struct ParityOddMap {
  static constexpr uint8_t Of(uint8_t byte) {
    return static_cast<uint8_t>((byte & 0x7F) | (std::popcount(byte & 0x7Fu) % 2 == 0 ? 0x80 : 0));
  }
};

}  // namespace

extern constinit const TransformKind kParityOdd7bitKind = KindOf<ByteMapMachine<ParityOddMap>>("parityOdd7bit");

}  // namespace weir
