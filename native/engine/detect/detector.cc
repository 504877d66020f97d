#include "detector.h"

namespace weir {
namespace {

// A single word continues no query.
constexpr ByteSet WordBytes() {
  ByteSet set;
  for (unsigned byte = '0'; byte <= '9'; ++byte) set.Add(static_cast<uint8_t>(byte));
  for (unsigned byte = 'a'; byte <= 'z'; ++byte) set.Add(static_cast<uint8_t>(byte));
  for (unsigned byte = 'A'; byte <= 'Z'; ++byte) set.Add(static_cast<uint8_t>(byte));
  set.Add('_');
  return set;
}

// Without a tag, an attribute or a scheme (whose colon may be a character reference) nothing runs.
constexpr ByteSet MarkupBytes() {
  ByteSet set;
  for (const char byte : {'<', '=', ':', '&'}) set.Add(static_cast<uint8_t>(byte));
  return set;
}

constexpr ByteSet kWordBytes = WordBytes();
constexpr ByteSet kMarkupBytes = MarkupBytes();

}  // namespace

std::optional<Detector> FindDetector(std::string_view name) {
  if (name == "sqli") return Detector::kSqli;
  if (name == "xss") return Detector::kXss;
  return std::nullopt;
}

bool Detects(Detector detector, ByteView value, const ByteSet& bytes) {
  switch (detector) {
    case Detector::kSqli: {
      char fingerprint[kFingerprintBytes];
      return !bytes.IsSubsetOf(kWordBytes) && DetectSqli(value, fingerprint);
    }
    case Detector::kXss:
      return bytes.Intersects(kMarkupBytes) && DetectXss(value);
  }
  return false;
}

}  // namespace weir
