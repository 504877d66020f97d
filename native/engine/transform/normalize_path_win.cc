// t:normalizePathWin: as normalizePath, with '\' treated as '/'.

#include "machine.h"
#include "path_machine.h"

namespace weir {

extern constinit const TransformKind kNormalizePathWinKind = KindOf<PathMachine<true>>("normalizePathWin");

}  // namespace weir
