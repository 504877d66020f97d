// t:lowercase: A-Z to a-z, no other byte; text in other alphabets is not folded, as in ModSecurity.

#include "byte_map.h"
#include "kinds.h"

namespace weir {
namespace {

struct LowercaseMap {
  static constexpr std::array<uint8_t, 256> kTable = MapTable([](uint8_t byte) -> uint8_t {
    return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
  });
};

}  // namespace

constinit const TransformKind kLowercaseKind = KindOf<ByteMapMachine<LowercaseMap>>("lowercase");

}  // namespace weir
