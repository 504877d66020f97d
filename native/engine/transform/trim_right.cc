// t:trimRight: drops isspace() bytes at the end of the value.

#include "kinds.h"
#include "trim_machine.h"

namespace weir {

constinit const TransformKind kTrimRightKind = KindOf<TrimMachine<false, true>>("trimRight");

}  // namespace weir
