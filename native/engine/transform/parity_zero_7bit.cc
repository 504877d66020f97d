// t:parityZero7bit: clears the eighth bit.

#include "byte_map.h"
#include "kinds.h"

namespace weir {
namespace {

struct ParityZeroMap {
  static constexpr std::array<uint8_t, 256> kTable = MapTable([](uint8_t byte) -> uint8_t {
    return byte & 0x7F;
  });
};

}  // namespace

constinit const TransformKind kParityZero7bitKind = KindOf<ByteMapMachine<ParityZeroMap>>("parityZero7bit");

}  // namespace weir
