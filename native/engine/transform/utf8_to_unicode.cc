// t:utf8toUnicode: each UTF-8 sequence of two to four bytes becomes %uHHHH, lower case, four digits or more. Overlong forms and
// surrogates are written in the same way (as a lenient decoder reads them); bytes that do not begin a sequence are copied, as in
// ModSecurity v3.

#include "digits.h"
#include "escape_machine.h"
#include "find_byte.h"
#include "machine.h"

namespace weir {
namespace {

struct Utf8ToUnicodeGrammar {
  static constexpr ByteSet kTriggers = SetOfRange(0x80, 0xFF);
  static constexpr size_t kLongest = 4;
  static constexpr size_t kGrowth = 3;  // two bytes become "%u0080"

  static const uint8_t* Find(const uint8_t* at, const uint8_t* end) { return FindHigh(at, end); }

  static size_t Step(const uint8_t* at, size_t length, bool last, uint8_t*& out) {
    const size_t sequence = SequenceLength(*at);
    if (sequence == 1) {
      *out++ = *at;
      return 1;
    }
    uint32_t code = *at & (0x7Fu >> sequence);
    for (size_t n = 1; n < sequence; ++n) {
      if (n >= length && !last) return 0;
      if (n >= length || (at[n] & 0xC0) != 0x80) {
        *out++ = *at;
        return 1;
      }
      code = code << 6 | (at[n] & 0x3Fu);
    }
    WriteCode(code, out);
    return sequence;
  }

 private:
  static size_t SequenceLength(uint8_t first) {
    if (first >= 0xC0 && first < 0xE0) return 2;
    if (first >= 0xE0 && first < 0xF0) return 3;
    if (first >= 0xF0 && first < 0xF5) return 4;
    return 1;
  }

  static void WriteCode(uint32_t code, uint8_t*& out) {
    *out++ = '%';
    *out++ = 'u';
    for (int shift = code > 0xFFFFF ? 20 : code > 0xFFFF ? 16 : 12; shift >= 0; shift -= 4) {
      *out++ = static_cast<uint8_t>(kHexDigits[code >> shift & 15]);
    }
  }
};

}  // namespace

extern constinit const TransformKind kUtf8toUnicodeKind = KindOf<EscapeMachine<Utf8ToUnicodeGrammar>>("utf8toUnicode");

}  // namespace weir
