// A pattern as it enters the engine, and the byte-set gate that tells which values it cannot match.

#ifndef WEIR_ENGINE_PATTERN_H_
#define WEIR_ENGINE_PATTERN_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "transform/byte_set.h"

namespace weir {

inline constexpr uint32_t kPatternIdEnd = 1u << 20;
inline constexpr size_t kPatternBytesMax = 64 * 1024;
inline constexpr size_t kPatternsPerSetMax = 65'536;

enum class PatternEngine : uint8_t { kHyperscan, kRe2 };
enum class PatternKind : uint8_t { kRegex, kLiteral };

struct Pattern {
  uint32_t id = 0;
  PatternEngine engine = PatternEngine::kHyperscan;
  PatternKind kind = PatternKind::kRegex;
  bool caseless = false;
  std::string source;
  // Empty = none: no captures, and no engine but Hyperscan.
  std::string re2_source;
  // 0 = unbounded.
  uint32_t longest_match_bytes = 0;
  // A value matches only if it holds a byte of each of these.
  std::vector<ByteSet> required;
};

inline bool MeetsRequirements(const std::vector<ByteSet>& required, const ByteSet& value) {
  return std::all_of(required.begin(), required.end(), [&](const ByteSet& set) { return set.Intersects(value); });
}

}  // namespace weir

#endif  // WEIR_ENGINE_PATTERN_H_
