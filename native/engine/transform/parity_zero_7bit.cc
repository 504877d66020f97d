// t:parityZero7bit: clears the eighth bit.

#include "byte_map.h"
#include "machine.h"

namespace weir {
namespace {

struct ParityZeroMap {
  static constexpr uint8_t Of(uint8_t byte) {
    return byte & 0x7F;
  }
};

}  // namespace

extern constinit const TransformKind kParityZero7bitKind = KindOf<ByteMapMachine<ParityZeroMap>>("parityZero7bit");

}  // namespace weir
