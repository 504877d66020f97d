// Tables of hexadecimal and octal digits.

#ifndef WEIR_ENGINE_TRANSFORM_DIGITS_H_
#define WEIR_ENGINE_TRANSFORM_DIGITS_H_

#include <array>
#include <cstdint>

namespace weir {

inline constexpr uint8_t kNotHex = 0xFF;

inline constexpr std::array<uint8_t, 256> kHexValue = [] {
  std::array<uint8_t, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (byte >= '0' && byte <= '9') {
      table[byte] = static_cast<uint8_t>(byte - '0');
    } else if (byte >= 'a' && byte <= 'f') {
      table[byte] = static_cast<uint8_t>(byte - 'a' + 10);
    } else if (byte >= 'A' && byte <= 'F') {
      table[byte] = static_cast<uint8_t>(byte - 'A' + 10);
    } else {
      table[byte] = kNotHex;
    }
  }
  return table;
}();

inline constexpr char kHexDigits[] = "0123456789abcdef";

inline bool IsHex(uint8_t byte) { return kHexValue[byte] != kNotHex; }
inline bool IsOctal(uint8_t byte) { return byte >= '0' && byte <= '7'; }

// Value of two hexadecimal digits; both must be digits.
inline uint8_t HexPair(const uint8_t* digits) {
  return static_cast<uint8_t>(kHexValue[digits[0]] << 4 | kHexValue[digits[1]]);
}

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_DIGITS_H_
