// t:uppercase: a-z to A-Z, no other byte.

#include "byte_map.h"
#include "kinds.h"

namespace weir {
namespace {

struct UppercaseMap {
  static constexpr std::array<uint8_t, 256> kTable = MapTable([](uint8_t byte) -> uint8_t {
    return byte >= 'a' && byte <= 'z' ? byte & 0xDF : byte;
  });
};

}  // namespace

constinit const TransformKind kUppercaseKind = KindOf<ByteMapMachine<UppercaseMap>>("uppercase");

}  // namespace weir
