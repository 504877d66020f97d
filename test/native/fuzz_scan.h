// What fuzzing tries: a stream finds what a block finds, both engines agree, transformations do not depend on cuts.
// Aborts when not, so that a fuzzer keeps the input.

#ifndef WEIR_TEST_NATIVE_FUZZ_SCAN_H_
#define WEIR_TEST_NATIVE_FUZZ_SCAN_H_

#include <cstdint>
#include <span>

void FuzzScan(std::span<const uint8_t> input);
void FuzzTransform(std::span<const uint8_t> input);

#endif  // WEIR_TEST_NATIVE_FUZZ_SCAN_H_
