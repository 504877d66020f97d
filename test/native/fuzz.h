// The fuzz targets of the native code: each takes any bytes, and aborts when a property is violated, so that
// a fuzzer keeps the input.

#ifndef WEIR_TEST_NATIVE_FUZZ_H_
#define WEIR_TEST_NATIVE_FUZZ_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// Transformations do not depend on cuts, can be reset, and report correctly when they change nothing.
void FuzzTransform(std::span<const uint8_t> input);
// The detectors give the same result twice, with a valid shape.
void FuzzDetect(std::span<const uint8_t> input);
// A stream finds what a block finds, and both engines agree.
void FuzzScan(std::span<const uint8_t> input);
// A batch finds in each field what a scan of the field alone finds, with and without merged sets.
void FuzzProgram(std::span<const uint8_t> input);
// Damaged databases are detected and compiled again.
void FuzzCache(std::span<const uint8_t> input);
// Sessions of the transport report the same events however bytes are cut, and every stream ends once.
void FuzzSession(std::span<const uint8_t> input);

struct FuzzTarget {
  std::string_view name;
  void (*run)(std::span<const uint8_t> input);
};

inline constexpr std::array<FuzzTarget, 6> kFuzzTargets{{
    {"transform", FuzzTransform},
    {"detect", FuzzDetect},
    {"scan", FuzzScan},
    {"program", FuzzProgram},
    {"cache", FuzzCache},
    {"session", FuzzSession},
}};

// Prints the violated property, and aborts.
[[noreturn]] void FuzzFound(const std::string& what);

#endif  // WEIR_TEST_NATIVE_FUZZ_H_
