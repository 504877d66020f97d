#include "../../native/engine/detect/detect.h"

#include <cstring>

#include "fuzz.h"
#include "harness.h"

// The whole input is the value.
void FuzzDetect(std::span<const uint8_t> input) {
  static constexpr std::string_view kLetters = "1sqvnfF&oaUuEeSkwBHDWI,;.cCx";
  const weir_test::Exact value(std::string(input.begin(), input.end()));
  char shape[weir::kFingerprintBytes];
  std::memset(shape, '?', sizeof shape);
  const bool is_sqli = weir::DetectSqli(value.view(), shape);
  if (std::memchr(shape, '\0', sizeof shape) == nullptr) FuzzFound("a fingerprint has no end");
  const std::string first(shape);
  if (is_sqli == first.empty()) FuzzFound("the fingerprint is '" + first + "'");
  // A phrase that counts in any position has its own shape.
  const bool is_shape = first == "!" || first.find_first_not_of(kLetters) == std::string::npos;
  if (!is_shape) FuzzFound("a fingerprint has odd letters: " + first);
  if (weir::DetectSqli(value.view(), shape) != is_sqli || first != shape) FuzzFound("SQL is judged in two ways");
  if (weir::DetectXss(value.view()) != weir::DetectXss(value.view())) FuzzFound("markup is judged in two ways");
}
