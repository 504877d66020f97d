// t:replaceNulls: each NUL becomes a space.

#include "byte_map.h"
#include "machine.h"

namespace weir {
namespace {

struct ReplaceNullsMap {
  static constexpr uint8_t Of(uint8_t byte) {
    return byte == 0 ? uint8_t{' '} : byte;
  }
};

}  // namespace

extern constinit const TransformKind kReplaceNullsKind = KindOf<ByteMapMachine<ReplaceNullsMap>>("replaceNulls");

}  // namespace weir
