#include "../../native/engine/library_check.h"

#include "harness.h"

TEST(LinkedLibraryFindsMatchesAfterPadding) {
  // Throws, and so fails the case, when the library that these tests are linked with loses matches.
  weir::RequireSoundLibrary();
}
