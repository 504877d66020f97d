// t:normalizePathWin: as normalizePath, with '\' taken as '/'.

#include "machine.h"
#include "path_machine.h"

namespace weir {

extern constinit const TransformKind kNormalizePathWinKind = KindOf<PathMachine<true>>("normalizePathWin");

}  // namespace weir
