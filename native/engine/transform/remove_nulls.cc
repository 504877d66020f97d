// t:removeNulls: drops NUL bytes.

#include "byte_map.h"
#include "machine.h"

namespace weir {
namespace {

struct RemoveNullsFilter {
  static constexpr ByteSet kDropped = SetOfRange(0, 0);
};

}  // namespace

extern constinit const TransformKind kRemoveNullsKind = KindOf<ByteFilterMachine<RemoveNullsFilter>>("removeNulls");

}  // namespace weir
