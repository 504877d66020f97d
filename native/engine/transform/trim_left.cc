// t:trimLeft: drops isspace() bytes at the start of the value.

#include "kinds.h"
#include "trim_machine.h"

namespace weir {

constinit const TransformKind kTrimLeftKind = KindOf<TrimMachine<true, false>>("trimLeft");

}  // namespace weir
