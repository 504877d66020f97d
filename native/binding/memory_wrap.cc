// What the C library keeps of memory that was freed, given back to the system.

#include <features.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "functions.h"

namespace weir {

Napi::Value ReleaseFreeMemory(const Args& args) {
#ifdef __GLIBC__
  // Of all arenas: threads that compiled patterns leave some with megabytes of holes behind.
  malloc_trim(0);
#endif
  return args.env().Undefined();
}

}  // namespace weir
