// Memory of Hyperscan's databases: separate pages, which are freed as a whole when a rule set is replaced. On
// the heap, a few megabytes of databases would be allocated and freed with each reload and leave holes that
// nothing else fits into.

#ifndef WEIR_ENGINE_DATABASE_MEMORY_H_
#define WEIR_ENGINE_DATABASE_MEMORY_H_

#include <cstddef>

namespace weir {

// Smaller ones stay on the heap, where they waste less than a page.
inline constexpr size_t kOwnPagesBytes = 32 * 1024;

// Aligned for any type; null when memory is exhausted.
void* AllocateDatabase(size_t bytes);
// Frees memory of `AllocateDatabase`; null is ignored.
void FreeDatabase(void* database);

}  // namespace weir

#endif  // WEIR_ENGINE_DATABASE_MEMORY_H_
