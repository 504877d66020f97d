// t:cssDecode: a backslash and one to six hexadecimal digits, then at most one white space: becomes the low byte, as in ModSecurity
// v3 (full-width forms become ASCII); Coraza writes the code point in UTF-8, which no rule looks for. A backslash before a line
// feed is dropped with it, one at the end of the value is dropped, any other \C is C.

#include "control_escape.h"
#include "digits.h"
#include "escape_machine.h"
#include "find_byte.h"
#include "machine.h"

namespace weir {
namespace {

struct CssDecodeGrammar {
  static constexpr ByteSet kTriggers = SetOf("\\");
  static constexpr size_t kDigitsMax = 6;
  static constexpr size_t kLongest = 1 + kDigitsMax + 1;
  static constexpr size_t kGrowth = 1;

  static const uint8_t* Find(const uint8_t* at, const uint8_t* end) { return FindByte(at, end, '\\'); }

  static size_t Step(const uint8_t* at, size_t length, bool last, uint8_t*& out) {
    if (length < 2) return last ? 1 : 0;
    if (!IsHex(at[1])) {
      if (at[1] != '\n') *out++ = at[1];
      return 2;
    }
    uint32_t code = 0;
    size_t n = 1;
    for (; n <= kDigitsMax; ++n) {
      if (n >= length && !last) return 0;
      if (n >= length || !IsHex(at[n])) break;
      code = code << 4 | kHexValue[at[n]];
    }
    // The byte after the digits must be known: a white space there is part of the escape.
    if (n >= length && !last) return 0;
    const bool is_short = code <= 0xFFFF;
    *out++ = is_short ? LowByteOf(static_cast<uint8_t>(code >> 8), static_cast<uint8_t>(code)) : static_cast<uint8_t>(code);
    return n < length && kIsSpace[at[n]] ? n + 1 : n;
  }
};

}  // namespace

extern constinit const TransformKind kCssDecodeKind = KindOf<EscapeMachine<CssDecodeGrammar>>("cssDecode");

}  // namespace weir
