// Whether the multi-pattern library that is linked finds what it must. Knows one defect and how to see it.

#ifndef WEIR_ENGINE_LIBRARY_CHECK_H_
#define WEIR_ENGINE_LIBRARY_CHECK_H_

namespace weir {

// Scans a short match after padding of every length up to three vector registers. Vectorscan 5.4.9, as Debian
// 12 packages it, loses two thirds of them: 64 bytes of padding would hide an attack. Throws native.missing
// when any is lost. Runs once a process, in well under a millisecond; any thread.
void RequireSoundLibrary();

}  // namespace weir

#endif  // WEIR_ENGINE_LIBRARY_CHECK_H_
