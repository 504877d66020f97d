// t:urlDecodeUni: %HH, %uHHHH and '+' (a space). An invalid escape is copied unchanged. A %uHHHH becomes one byte: the ASCII
// character that looks like it (best_fit.h), else its low byte. ModSecurity does the same with its Unicode map for code page 20127,
// which its recommended configuration loads.

#include "best_fit.h"
#include "digits.h"
#include "escape_machine.h"
#include "find_byte.h"
#include "machine.h"

namespace weir {
namespace {

struct UrlDecodeUniGrammar {
  static constexpr ByteSet kTriggers = SetOf("%+");
  static constexpr size_t kLongest = 6;
  static constexpr size_t kGrowth = 1;

  static const uint8_t* Find(const uint8_t* at, const uint8_t* end) { return FindEither(at, end, '%', '+'); }

  static size_t Step(const uint8_t* at, size_t length, bool last, uint8_t*& out) {
    if (*at == '+') {
      *out++ = ' ';
      return 1;
    }
    if (length < 2 && !last) return 0;
    const bool is_wide = length >= 2 && (at[1] | 0x20) == 'u';
    const size_t digits = is_wide ? 2 : 1;
    const size_t end = is_wide ? 6 : 3;
    for (size_t n = digits; n < end; ++n) {
      if (n >= length && !last) return 0;
      if (n >= length || !IsHex(at[n])) {
        *out++ = '%';
        return 1;
      }
    }
    if (is_wide) {
      *out++ = BestFit(static_cast<uint16_t>(HexPair(at + 2) << 8 | HexPair(at + 4)));
    } else {
      *out++ = HexPair(at + 1);
    }
    return end;
  }
};

}  // namespace

extern constinit const TransformKind kUrlDecodeUniKind = KindOf<EscapeMachine<UrlDecodeUniGrammar>>("urlDecodeUni");

}  // namespace weir
