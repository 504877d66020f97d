// What a %uHHHH becomes.

#ifndef WEIR_ENGINE_TRANSFORM_BEST_FIT_H_
#define WEIR_ENGINE_TRANSFORM_BEST_FIT_H_

#include <cstdint>

namespace weir {

// ASCII itself; else the ASCII character that code point looks like; else its low byte, which is what a back end that
// narrows characters to bytes makes of it.
uint8_t BestFit(uint16_t code);

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_BEST_FIT_H_
