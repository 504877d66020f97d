// The entry point for libFuzzer. WEIR_FUZZ_TARGET names the target.

#include <cstdlib>
#include <iostream>

#include "fuzz.h"

void FuzzFound(const std::string& what) {
  std::cerr << "FOUND: " << what << std::endl;
  std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t length) {
  static const FuzzTarget* const target = [] {
    const char* const wanted = std::getenv("WEIR_FUZZ_TARGET");
    for (const FuzzTarget& one : kFuzzTargets) {
      if (wanted != nullptr && one.name == wanted) return &one;
    }
    std::cerr << "WEIR_FUZZ_TARGET names no target\n";
    std::exit(2);
  }();
  target->run({bytes, length});
  return 0;
}
