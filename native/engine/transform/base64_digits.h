// Base64 digits as a table, and the packing of digits into bytes, which both decoders use.

#ifndef WEIR_ENGINE_TRANSFORM_BASE64_DIGITS_H_
#define WEIR_ENGINE_TRANSFORM_BASE64_DIGITS_H_

#include "machine.h"

namespace weir {

inline constexpr uint8_t kNotBase64 = 0xFF;

inline constexpr std::array<uint8_t, 256> kBase64Value = [] {
  std::array<uint8_t, 256> table{};
  for (auto& value : table) value = kNotBase64;
  uint8_t next = 0;
  for (unsigned byte = 'A'; byte <= 'Z'; ++byte) table[byte] = next++;
  for (unsigned byte = 'a'; byte <= 'z'; ++byte) table[byte] = next++;
  for (unsigned byte = '0'; byte <= '9'; ++byte) table[byte] = next++;
  table['+'] = next++;
  table['/'] = next;
  return table;
}();

// Four digits make three bytes. Two or three digits at the end make one or two bytes; a single digit makes none.
class Base64Bits {
 public:
  void Put(uint8_t value, Cursor& cursor) {
    bits_ = bits_ << 6 | value;
    if (++digits_ < 4) return;
    cursor.Put(static_cast<uint8_t>(bits_ >> 16));
    cursor.Put(static_cast<uint8_t>(bits_ >> 8));
    cursor.Put(static_cast<uint8_t>(bits_));
    bits_ = 0;
    digits_ = 0;
  }
  void End(Bytes& out) {
    if (digits_ >= 2) out.push_back(static_cast<uint8_t>(bits_ >> (6 * digits_ - 8)));
    if (digits_ == 3) out.push_back(static_cast<uint8_t>(bits_ >> 2));
    bits_ = 0;
    digits_ = 0;
  }
  // Bytes that `count` more digits can complete.
  static size_t BytesMax(size_t count) { return count / 4 * 3 + 3; }

 private:
  uint32_t bits_ = 0;
  unsigned digits_ = 0;
};

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_BASE64_DIGITS_H_
