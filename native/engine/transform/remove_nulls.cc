// t:removeNulls: drops NUL bytes.

#include "byte_map.h"
#include "kinds.h"

namespace weir {
namespace {

struct RemoveNullsFilter {
  static constexpr ByteSet kDropped = SetOfRange(0, 0);
};

}  // namespace

constinit const TransformKind kRemoveNullsKind = KindOf<ByteFilterMachine<RemoveNullsFilter>>("removeNulls");

}  // namespace weir
