// A quick check whether a value can contain a phrase of SQL: looks at its words and what is next to them.

#ifndef WEIR_ENGINE_DETECT_SQLI_GATE_H_
#define WEIR_ENGINE_DETECT_SQLI_GATE_H_

#include <cstdint>
#include <span>

namespace weir {

// False when SqlEvidence finds nothing in the value, whatever string it begins in.
bool MayHoldEvidence(std::span<const uint8_t> value);

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_SQLI_GATE_H_
