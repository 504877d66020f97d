// Detectors by name, which a pattern set contains in addition to patterns, and which values they need not
// read.

#ifndef WEIR_ENGINE_DETECT_DETECTOR_H_
#define WEIR_ENGINE_DETECT_DETECTOR_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "../transform/byte_set.h"
#include "detect.h"

namespace weir {

// A detector: its file defines one, and detector.cc has a row for it.
struct DetectorKind {
  const char* name;
  // Whether a value can contain anything to find, judged by the set of its bytes: most values need not be
  // read.
  bool (*may_find)(const ByteSet& bytes);
  // Whether it finds something in a whole value.
  bool (*detects)(ByteView value);
};

// Index of a detector in the table, below kDetectorsMax.
enum class Detector : uint8_t {};

// A scan keeps a bit for each.
inline constexpr unsigned kDetectorsMax = 8;

// The detector of a name ("sqli", "xss", …); nothing for another name.
std::optional<Detector> FindDetector(std::string_view name);

// Whether the detector finds something in a whole value. `bytes` is the value's byte set.
bool Detects(Detector detector, ByteView value, const ByteSet& bytes);

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_DETECTOR_H_
