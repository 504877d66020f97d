// t:normalizePath: removes empty segments and ".", resolves "..". The slash at the start stays, one at the end stays if the value
// had it; a ".." above the root is dropped, one at the start of a relative path stays. As ModSecurity v3, with one exception: what
// resolves to the root is "/", never empty (RFC 3986 section 5.2.4, and Coraza).

#include "machine.h"
#include "path_machine.h"

namespace weir {

extern constinit const TransformKind kNormalizePathKind = KindOf<PathMachine<false>>("normalizePath");

}  // namespace weir
