// t:hexEncode: each byte as two lower-case hexadecimal digits.

#include "digits.h"
#include "machine.h"

namespace weir {
namespace {

struct HexEncodeMachine {
  void Write(ByteView input, Bytes& out) {
    Cursor cursor(out, input.size() * 2);
    for (const uint8_t byte : input) {
      cursor.Put(static_cast<uint8_t>(kHexDigits[byte >> 4]));
      cursor.Put(static_cast<uint8_t>(kHexDigits[byte & 15]));
    }
  }
  void End(Bytes&) {}
  static bool Unchanged(const ByteSet&, size_t length) { return length == 0; }
};

}  // namespace

extern constinit const TransformKind kHexEncodeKind = KindOf<HexEncodeMachine>("hexEncode");

}  // namespace weir
