#include "library_check.h"

#include <mutex>
#include <string>
#include <vector>

#include "error.h"
#include "hyperscan.h"

namespace weir {
namespace {

constexpr size_t kPaddingBytesMax = 192;

int CountMatch(unsigned, unsigned long long, unsigned long long, unsigned, void* context) {
  ++*static_cast<int*>(context);
  return 0;
}

void Check() {
  int index = -1;
  const HsDatabase database = HsDatabase::Compile({{"/[a-z]", 0, false}}, HsMode::kBlock, &index);
  for (size_t padding = 0; padding <= kPaddingBytesMax; ++padding) {
    std::vector<uint8_t> value(padding, '.');
    value.insert(value.end(), {'/', 'a'});
    int matches = 0;
    database.Scan(value, CountMatch, &matches);
    if (matches > 0) continue;
    throw EngineError(error_code::kMissing,
                      HsLibraryVersion() + " loses matches behind " + std::to_string(padding) +
                          " bytes of padding (a defect of Vectorscan 5.4.9): install libhyperscan-dev in place of "
                          "libvectorscan-dev, or a newer Vectorscan, and build again");
  }
}

}  // namespace

void RequireSoundLibrary() {
  static std::once_flag once;
  std::call_once(once, Check);
}

}  // namespace weir
