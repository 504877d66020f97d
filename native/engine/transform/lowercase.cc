// t:lowercase: A-Z to a-z, no other byte; as in ModSecurity, letters of other alphabets are not folded.

#include "byte_map.h"
#include "machine.h"

namespace weir {
namespace {

struct LowercaseMap {
  static constexpr uint8_t Of(uint8_t byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<uint8_t>(byte ^ 0x20) : byte;
  }
};

}  // namespace

extern constinit const TransformKind kLowercaseKind = KindOf<ByteMapMachine<LowercaseMap>>("lowercase");

}  // namespace weir
