// t:normalizePathWin: as normalizePath, with '\' taken as '/'.

#include "kinds.h"
#include "path_machine.h"

namespace weir {

constinit const TransformKind kNormalizePathWinKind = KindOf<PathMachine<true>>("normalizePathWin");

}  // namespace weir
