// t:replaceNulls: each NUL becomes a space.

#include "byte_map.h"
#include "kinds.h"

namespace weir {
namespace {

struct ReplaceNullsMap {
  static constexpr std::array<uint8_t, 256> kTable = MapTable([](uint8_t byte) -> uint8_t {
    return byte == 0 ? ' ' : byte;
  });
};

}  // namespace

constinit const TransformKind kReplaceNullsKind = KindOf<ByteMapMachine<ReplaceNullsMap>>("replaceNulls");

}  // namespace weir
