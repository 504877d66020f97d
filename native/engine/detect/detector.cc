// The table of detectors.

#include "detector.h"

#include <array>

// One row per detector: the name of the DetectorKind that its file defines, without `k` and `Detector`.
#define WEIR_DETECTORS(row) \
  row(Sqli) \
  row(Xss)

namespace weir {

#define WEIR_DECLARE(name) extern const DetectorKind k##name##Detector;
WEIR_DETECTORS(WEIR_DECLARE)
#undef WEIR_DECLARE

namespace {

#define WEIR_ADDRESS(name) &k##name##Detector,
constexpr std::array kDetectors = {WEIR_DETECTORS(WEIR_ADDRESS)};
#undef WEIR_ADDRESS

static_assert(kDetectors.size() <= kDetectorsMax);

}  // namespace

std::optional<Detector> FindDetector(std::string_view name) {
  for (size_t index = 0; index < kDetectors.size(); ++index) {
    if (kDetectors[index]->name == name) return static_cast<Detector>(index);
  }
  return std::nullopt;
}

bool Detects(Detector detector, ByteView value, const ByteSet& bytes) {
  const DetectorKind& kind = *kDetectors[static_cast<size_t>(detector)];
  return kind.may_find(bytes) && kind.detects(value);
}

}  // namespace weir
