// t:escapeSeqDecode: C escapes: \a \b \f \n \r \t \v, \xHH, octal of one to three digits (low byte); any other
// \C is C, so \x without two digits is x. A backslash that ends the value is kept.

#include "control_escape.h"
#include "digits.h"
#include "escape_machine.h"
#include "find_byte.h"
#include "machine.h"

namespace weir {
namespace {

struct EscapeSeqDecodeGrammar {
  static constexpr ByteSet kTriggers = SetOf("\\");
  static constexpr size_t kLongest = 4;
  static constexpr size_t kGrowth = 1;

  static const uint8_t* Find(const uint8_t* at, const uint8_t* end) { return FindByte(at, end, '\\'); }

  static size_t Step(const uint8_t* at, size_t length, bool last, uint8_t*& out) {
    if (length < 2) {
      if (last) *out++ = *at;
      return last ? 1 : 0;
    }
    const uint8_t kind = at[1];
    if ((kind | 0x20) == 'x') return StepHex(at, length, last, out);
    if (!IsOctal(kind)) {
      *out++ = ControlEscape(kind);
      return 2;
    }
    unsigned value = kind - '0';
    size_t n = 2;
    for (; n < 4; ++n) {
      if (n >= length && !last) return 0;
      if (n >= length || !IsOctal(at[n])) break;
      value = value * 8 + (at[n] - '0');
    }
    *out++ = static_cast<uint8_t>(value);
    return n;
  }

 private:
  static size_t StepHex(const uint8_t* at, size_t length, bool last, uint8_t*& out) {
    for (size_t n = 2; n < 4; ++n) {
      if (n >= length && !last) return 0;
      if (n >= length || !IsHex(at[n])) {
        *out++ = at[1];
        return 2;
      }
    }
    *out++ = HexPair(at + 2);
    return 4;
  }
};

}  // namespace

extern constinit const TransformKind kEscapeSeqDecodeKind = KindOf<EscapeMachine<EscapeSeqDecodeGrammar>>("escapeSeqDecode");

}  // namespace weir
