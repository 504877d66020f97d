// Detectors by name, which a pattern set contains in addition to patterns, and which values they can skip.

#ifndef WEIR_ENGINE_DETECT_DETECTOR_H_
#define WEIR_ENGINE_DETECT_DETECTOR_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "../transform/byte_set.h"
#include "detect.h"

namespace weir {

// A detector. Its file defines one, and detector.cc has a row for it.
struct DetectorKind {
  const char* name;
  // Whether a value with these bytes can contain anything to find: most values need not be read.
  bool (*may_find)(const ByteSet& bytes);
  // Whether it finds something in a whole value.
  bool (*detects)(ByteView value);
};

// Index of a detector in the table, below kDetectorsMax.
enum class Detector : uint8_t {};

// A scan keeps one bit for each.
inline constexpr unsigned kDetectorsMax = 8;

// The detector with this name ("sqli", "xss", …), if there is one.
std::optional<Detector> FindDetector(std::string_view name);

// Whether the detector finds something in a whole value. `bytes` is the value's byte set.
bool Detects(Detector detector, ByteView value, const ByteSet& bytes);

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_DETECTOR_H_
