// The fuzz targets of the native code: each takes any bytes, and aborts when what must hold for all of them does not, so that
// a fuzzer keeps the input.

#ifndef WEIR_TEST_NATIVE_FUZZ_H_
#define WEIR_TEST_NATIVE_FUZZ_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// Transformations do not depend on cuts, can be reset, and say rightly when they change nothing.
void FuzzTransform(std::span<const uint8_t> input);
// The detectors answer alike twice, and with a shape that is one.
void FuzzDetect(std::span<const uint8_t> input);
// A stream finds what a block finds, and both engines agree.
void FuzzScan(std::span<const uint8_t> input);
// A batch finds in each field what the field alone has, with and without merged sets.
void FuzzProgram(std::span<const uint8_t> input);
// Damaged databases are found out and made anew.
void FuzzCache(std::span<const uint8_t> input);
// Sessions of the transport tell the same however bytes are cut, and every stream has one end.
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

// Says what does not hold, and aborts.
[[noreturn]] void FuzzFound(const std::string& what);

#endif  // WEIR_TEST_NATIVE_FUZZ_H_
