// A pattern as the engine receives it, and the byte sets that tell which values it cannot match.

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

// kDetector: `source` is the name of a detector (detect/detector.h), not a pattern.
enum class PatternEngine : uint8_t { kHyperscan, kRe2, kDetector };
enum class PatternKind : uint8_t { kRegex, kLiteral };

struct Pattern {
  uint32_t id = 0;
  PatternEngine engine = PatternEngine::kHyperscan;
  PatternKind kind = PatternKind::kRegex;
  bool caseless = false;
  std::string source;
  // Empty = none: the pattern then has no captures, and only Hyperscan can match it.
  std::string re2_source;
  // For a pattern that RE2 matches: what it matches in values of kPlainBytes, as a Hyperscan expression. Empty = not known.
  std::string plain_source;
  // 0 = unbounded.
  uint32_t longest_match_bytes = 0;
  // A value matches only if it holds a byte of each of these.
  std::vector<ByteSet> required;
};

inline bool MeetsRequirements(const std::vector<ByteSet>& required, const ByteSet& value) {
  return std::all_of(required.begin(), required.end(), [&](const ByteSet& set) { return set.Intersects(value); });
}

// Bytes of ordinary words, numbers, dates and names. Most values hold no others.
constexpr ByteSet TextBytes() {
  ByteSet set;
  for (unsigned byte = '0'; byte <= '9'; ++byte) set.Add(static_cast<uint8_t>(byte));
  for (unsigned byte = 'a'; byte <= 'z'; ++byte) set.Add(static_cast<uint8_t>(byte));
  for (unsigned byte = 'A'; byte <= 'Z'; ++byte) set.Add(static_cast<uint8_t>(byte));
  for (const char byte : {'_', ' ', '.', ',', '-'}) set.Add(static_cast<uint8_t>(byte));
  return set;
}

// TextBytes(), and those of paths, times and mail addresses. src/matching/native.ts has the same list.
constexpr ByteSet PlainBytes() {
  ByteSet set = TextBytes();
  for (const char byte : {':', '/', '@', '+'}) set.Add(static_cast<uint8_t>(byte));
  return set;
}

inline constexpr ByteSet kTextBytes = TextBytes();
inline constexpr ByteSet kPlainBytes = PlainBytes();

}  // namespace weir

#endif  // WEIR_ENGINE_PATTERN_H_
