#include "database_memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace weir {
namespace {

// Precedes each database. Hyperscan aligns its own data within a database.
struct alignas(64) Header {
  // Bytes mapped, this header included; 0 when the database is on the heap.
  size_t mapped_bytes;
};

}  // namespace

void* AllocateDatabase(size_t bytes) {
  const size_t all = bytes + sizeof(Header);
  if (all < bytes) return nullptr;
  const bool is_mapped = all >= kOwnPagesBytes;
  void* const memory = is_mapped
                           ? mmap(nullptr, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                           : std::aligned_alloc(alignof(Header), (all + alignof(Header) - 1) / alignof(Header) * alignof(Header));
  if (memory == nullptr || memory == MAP_FAILED) return nullptr;
  return new (memory) Header{is_mapped ? all : 0} + 1;
}

void FreeDatabase(void* database) {
  if (database == nullptr) return;
  Header* const header = static_cast<Header*>(database) - 1;
  if (header->mapped_bytes > 0) {
    munmap(header, header->mapped_bytes);
  } else {
    std::free(header);
  }
}

}  // namespace weir
