// Checks that the linked multi-pattern library loses no matches. Knows one defect and how to detect it.

#ifndef WEIR_ENGINE_LIBRARY_CHECK_H_
#define WEIR_ENGINE_LIBRARY_CHECK_H_

namespace weir {

// Scans a short match after padding of every length up to three vector registers. Vectorscan 5.4.9, as Debian 12 packages it, loses
// two thirds of them: 64 bytes of padding would hide an attack. Throws native.missing when any is lost. Runs once per process, in
// well under a millisecond, in any thread.
void RequireSoundLibrary();

}  // namespace weir

#endif  // WEIR_ENGINE_LIBRARY_CHECK_H_
