// t:trimLeft: drops isspace() bytes at the start of the value.

#include "machine.h"
#include "trim_machine.h"

namespace weir {

extern constinit const TransformKind kTrimLeftKind = KindOf<TrimMachine<true, false>>("trimLeft");

}  // namespace weir
