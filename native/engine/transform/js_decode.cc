// t:jsDecode: \uHHHH (low byte; the full-width forms FF01-FF5E become ASCII), \xHH, \OOO up to 377, \a \b \f \n \r \t \v; any other
// \C is C. A backslash at the end of the value is kept.

#include "control_escape.h"
#include "digits.h"
#include "escape_machine.h"
#include "find_byte.h"
#include "machine.h"

namespace weir {
namespace {

struct JsDecodeGrammar {
  static constexpr ByteSet kTriggers = SetOf("\\");
  static constexpr size_t kLongest = 6;
  static constexpr size_t kGrowth = 1;

  static const uint8_t* Find(const uint8_t* at, const uint8_t* end) { return FindByte(at, end, '\\'); }

  static size_t Step(const uint8_t* at, size_t length, bool last, uint8_t*& out) {
    if (length < 2) {
      if (last) *out++ = *at;
      return last ? 1 : 0;
    }
    const uint8_t kind = at[1];
    if (IsOctal(kind)) return StepOctal(at, length, last, out);
    const size_t digits = kind == 'u' ? 4 : kind == 'x' ? 2 : 0;
    for (size_t n = 2; n < 2 + digits; ++n) {
      if (n >= length && !last) return 0;
      if (n >= length || !IsHex(at[n])) {
        *out++ = kind;  // not a complete escape: \C is C
        return 2;
      }
    }
    if (digits == 4) {
      *out++ = LowByteOf(HexPair(at + 2), HexPair(at + 4));
    } else if (digits == 2) {
      *out++ = HexPair(at + 2);
    } else {
      *out++ = ControlEscape(kind);
    }
    return 2 + digits;
  }

 private:
  static size_t StepOctal(const uint8_t* at, size_t length, bool last, uint8_t*& out) {
    unsigned value = at[1] - '0';
    size_t n = 2;
    const size_t end = value > 3 ? 3 : 4;  // three digits only if they fit into a byte
    for (; n < end; ++n) {
      if (n >= length && !last) return 0;
      if (n >= length || !IsOctal(at[n])) break;
      value = value * 8 + (at[n] - '0');
    }
    *out++ = static_cast<uint8_t>(value);
    return n;
  }
};

}  // namespace

extern constinit const TransformKind kJsDecodeKind = KindOf<EscapeMachine<JsDecodeGrammar>>("jsDecode");

}  // namespace weir
