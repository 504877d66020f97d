// t:trim: drops isspace() bytes at both ends of the value.

#include "machine.h"
#include "trim_machine.h"

namespace weir {

extern constinit const TransformKind kTrimKind = KindOf<TrimMachine<true, true>>("trim");

}  // namespace weir
