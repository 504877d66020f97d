// Detects injections that patterns over a value's text cannot: reads SQL and HTML as their parsers do, with Weir's own tokenisers,
// folding and tables. Knows no rule and no Node.

#ifndef WEIR_ENGINE_DETECT_DETECT_H_
#define WEIR_ENGINE_DETECT_DETECT_H_

#include <cstdint>
#include <span>

namespace weir {

using ByteView = std::span<const uint8_t>;

// Letters of a fingerprint and a NUL.
inline constexpr unsigned kFingerprintBytes = 8;

// True when the value, put where a query expects a number, a name or the inside of a string, continues the
// query as SQL. `fingerprint` then holds the shape that was recognised, one letter for each folded token
// (sqli_tokens.h) or `!` for a phrase (sqli_evidence.h) or a whole condition (sqli_condition.h),
// NUL-terminated; else it is empty. Reads the value at most once for each of eight readings (context ×
// dialect); no allocation.
bool DetectSqli(ByteView value, char (&fingerprint)[kFingerprintBytes]);

// True when the value, put into the text of a page or into an attribute, makes a browser run script. One pass for each of
// five contexts, each linear in the value; no allocation.
bool DetectXss(ByteView value);

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_DETECT_H_
