// t:trimRight: drops isspace() bytes at the end of the value.

#include "machine.h"
#include "trim_machine.h"

namespace weir {

extern constinit const TransformKind kTrimRightKind = KindOf<TrimMachine<false, true>>("trimRight");

}  // namespace weir
