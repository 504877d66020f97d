// t:hexDecode: each pair of bytes as two hexadecimal digits; an odd last byte is dropped. A byte that is not a digit is converted
// by ModSecurity v3's formula instead of ending the value as in Coraza, so that it cannot hide what follows.

#include "machine.h"

namespace weir {
namespace {

struct HexDecodeMachine {
  void Write(ByteView input, Bytes& out) {
    Cursor cursor(out, input.size() / 2 + 1);
    for (const uint8_t byte : input) {
      const unsigned digit = byte >= 'A' ? (byte & 0xDFu) - 'A' + 10 : byte - unsigned{'0'};
      if (has_high_) cursor.Put(static_cast<uint8_t>(high_ * 16 + digit));
      high_ = digit;
      has_high_ = !has_high_;
    }
  }
  void End(Bytes&) {}
  static bool Unchanged(const ByteSet&, size_t length) { return length == 0; }

  unsigned high_ = 0;
  bool has_high_ = false;
};

}  // namespace

extern constinit const TransformKind kHexDecodeKind = KindOf<HexDecodeMachine>("hexDecode");

}  // namespace weir
