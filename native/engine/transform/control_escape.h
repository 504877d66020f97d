// Two rules that several decoders share: the letters of C's control escapes, and the byte of a 16-bit escape.

#ifndef WEIR_ENGINE_TRANSFORM_CONTROL_ESCAPE_H_
#define WEIR_ENGINE_TRANSFORM_CONTROL_ESCAPE_H_

#include <cstdint>

namespace weir {

// The control character of the escape with this letter, or the letter itself.
inline uint8_t ControlEscape(uint8_t letter) {
  switch (letter) {
    case 'a':
      return 0x07;
    case 'b':
      return 0x08;
    case 'f':
      return 0x0C;
    case 'n':
      return 0x0A;
    case 'r':
      return 0x0D;
    case 't':
      return 0x09;
    case 'v':
      return 0x0B;
    default:
      return letter;
  }
}

// A 16-bit code as one byte, as in ModSecurity: the low byte, or ASCII for the full-width forms FF01-FF5E.
inline uint8_t LowByteOf(uint8_t high, uint8_t low) {
  const bool is_full_width = high == 0xFF && low > 0x00 && low < 0x5F;
  return static_cast<uint8_t>(is_full_width ? low + 0x20 : low);
}

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_CONTROL_ESCAPE_H_
