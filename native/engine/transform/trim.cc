// t:trim: drops isspace() bytes at both ends of the value.

#include "kinds.h"
#include "trim_machine.h"

namespace weir {

constinit const TransformKind kTrimKind = KindOf<TrimMachine<true, true>>("trim");

}  // namespace weir
