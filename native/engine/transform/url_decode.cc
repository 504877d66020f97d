// t:urlDecode: %HH and '+' (a space). An invalid escape is copied unchanged.

#include "digits.h"
#include "escape_machine.h"
#include "find_byte.h"
#include "machine.h"

namespace weir {
namespace {

struct UrlDecodeGrammar {
  static constexpr ByteSet kTriggers = SetOf("%+");
  static constexpr size_t kLongest = 3;
  static constexpr size_t kGrowth = 1;

  static const uint8_t* Find(const uint8_t* at, const uint8_t* end) { return FindEither(at, end, '%', '+'); }

  static size_t Step(const uint8_t* at, size_t length, bool last, uint8_t*& out) {
    if (*at == '+') {
      *out++ = ' ';
      return 1;
    }
    for (size_t n = 1; n < 3; ++n) {
      if (n >= length && !last) return 0;
      if (n >= length || !IsHex(at[n])) {
        *out++ = '%';
        return 1;
      }
    }
    *out++ = HexPair(at + 1);
    return 3;
  }
};

}  // namespace

extern constinit const TransformKind kUrlDecodeKind = KindOf<EscapeMachine<UrlDecodeGrammar>>("urlDecode");

}  // namespace weir
