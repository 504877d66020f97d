#include "shared_sets.h"

namespace weir {

// Never destroyed: worker threads may still run when the process leaves main().
HandleTable<const PatternSet>& PatternSets() {
  static auto* const table = new HandleTable<const PatternSet>("pattern set");
  return *table;
}

HandleTable<const ScanProgram>& ScanPrograms() {
  static auto* const table = new HandleTable<const ScanProgram>("scan program");
  return *table;
}

HandleTable<SharedStream>& Streams() {
  static auto* const table = new HandleTable<SharedStream>("stream");
  return *table;
}

HandleTable<const NumberSearch>& NumberSearches() {
  static auto* const table = new HandleTable<const NumberSearch>("number search");
  return *table;
}

void ReleaseEverythingOf(EnvironmentId owner) {
  Streams().ReleaseAll(owner);
  ScanPrograms().ReleaseAll(owner);
  PatternSets().ReleaseAll(owner);
  NumberSearches().ReleaseAll(owner);
}

}  // namespace weir
