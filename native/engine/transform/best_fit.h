// The byte that a %uHHHH becomes.

#ifndef WEIR_ENGINE_TRANSFORM_BEST_FIT_H_
#define WEIR_ENGINE_TRANSFORM_BEST_FIT_H_

#include <cstdint>

namespace weir {

// ASCII itself; otherwise the ASCII character that the code point looks like; otherwise its low byte, which is what a back end gets
// when it narrows characters to bytes.
uint8_t BestFit(uint16_t code);

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_BEST_FIT_H_
