// Whether a value can hold a phrase of SQL at all: one quick look at its words and at what stands beside them.

#ifndef WEIR_ENGINE_DETECT_SQLI_GATE_H_
#define WEIR_ENGINE_DETECT_SQLI_GATE_H_

#include <cstdint>
#include <span>

namespace weir {

// False when SqlEvidence finds nothing in the value, whatever string it begins in.
bool MayHoldEvidence(std::span<const uint8_t> value);

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_SQLI_GATE_H_
