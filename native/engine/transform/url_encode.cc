// t:urlEncode: copies letters, digits and '*', writes a space as '+', any other byte as %hh in lower case (ModSecurity v3).

#include "digits.h"
#include "machine.h"

namespace weir {
namespace {

constexpr ByteSet kKept =
    UnionOf(UnionOf(SetOfRange('0', '9'), SetOf("*")), UnionOf(SetOfRange('A', 'Z'), SetOfRange('a', 'z')));
constexpr std::array<bool, 256> kIsKept = TableOf(kKept);

struct UrlEncodeMachine {
  void Write(ByteView input, Bytes& out) {
    Cursor cursor(out, input.size() * 3);
    for (const uint8_t byte : input) {
      if (kIsKept[byte]) {
        cursor.Put(byte);
      } else if (byte == ' ') {
        cursor.Put('+');
      } else {
        cursor.Put('%');
        cursor.Put(static_cast<uint8_t>(kHexDigits[byte >> 4]));
        cursor.Put(static_cast<uint8_t>(kHexDigits[byte & 15]));
      }
    }
  }
  void End(Bytes&) {}
  static bool Unchanged(const ByteSet& bytes, size_t) {
    for (size_t n = 0; n < bytes.words.size(); ++n) {
      if ((bytes.words[n] & ~kKept.words[n]) != 0) return false;
    }
    return true;
  }
};

}  // namespace

extern constinit const TransformKind kUrlEncodeKind = KindOf<UrlEncodeMachine>("urlEncode");

}  // namespace weir
