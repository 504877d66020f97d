#include "../../native/engine/database_memory.h"

#include <cstdint>
#include <cstring>
#include <limits>

#include "harness.h"

using weir::AllocateDatabase;
using weir::FreeDatabase;
using weir::kOwnPagesBytes;

TEST(DatabaseMemoryIsAlignedAndWritableFromEndToEnd) {
  for (const size_t bytes : {size_t{0}, size_t{1}, kOwnPagesBytes - 65, kOwnPagesBytes, 3 * kOwnPagesBytes + 1}) {
    void* const memory = AllocateDatabase(bytes);
    CHECK(memory != nullptr);
    CHECK(reinterpret_cast<uintptr_t>(memory) % 64 == 0);
    std::memset(memory, 7, bytes);
    FreeDatabase(memory);
  }
}

TEST(DatabaseMemoryThatDoesNotExistIsNull) {
  CHECK(AllocateDatabase(std::numeric_limits<size_t>::max() - 8) == nullptr);
  CHECK(AllocateDatabase(size_t{1} << 62) == nullptr);
  FreeDatabase(nullptr);
}
