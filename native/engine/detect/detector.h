// Detectors by name, as a pattern set holds them beside patterns, and which values they need not read.

#ifndef WEIR_ENGINE_DETECT_DETECTOR_H_
#define WEIR_ENGINE_DETECT_DETECTOR_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "../transform/byte_set.h"
#include "detect.h"

namespace weir {

// Numbered from 0 without a gap.
enum class Detector : uint8_t { kSqli, kXss };

inline constexpr unsigned kDetectorCount = 2;

// "sqli" or "xss"; nothing for another name.
std::optional<Detector> FindDetector(std::string_view name);

// Whether the detector finds something in a whole value. `bytes` is the value's byte set: most values are told by it alone.
bool Detects(Detector detector, ByteView value, const ByteSet& bytes);

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_DETECTOR_H_
