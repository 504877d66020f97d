// t:uppercase: a-z to A-Z, no other byte.

#include "byte_map.h"
#include "machine.h"

namespace weir {
namespace {

struct UppercaseMap {
  static constexpr uint8_t Of(uint8_t byte) {
    return byte >= 'a' && byte <= 'z' ? static_cast<uint8_t>(byte ^ 0x20) : byte;
  }
};

}  // namespace

extern constinit const TransformKind kUppercaseKind = KindOf<ByteMapMachine<UppercaseMap>>("uppercase");

}  // namespace weir
