// t:base64Encode: RFC 4648 section 4, with padding, on one line.

#include "machine.h"

namespace weir {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct Base64EncodeMachine {
  void Write(ByteView input, Bytes& out) {
    Cursor cursor(out, (input.size() + 2) / 3 * 4 + 4);
    for (const uint8_t byte : input) {
      bits_ = bits_ << 8 | byte;
      if (++held_ == 3) Flush(cursor, 4);
    }
  }
  void End(Bytes& out) {
    if (held_ == 0) return;
    Cursor cursor(out, 4);
    const unsigned held = held_;
    bits_ <<= 8 * (3 - held);
    Flush(cursor, held + 1);
    for (unsigned n = held; n < 3; ++n) cursor.Put('=');
  }
  static bool Unchanged(const ByteSet&, size_t length) { return length == 0; }

 private:
  void Flush(Cursor& cursor, unsigned digits) {
    for (unsigned n = 0; n < digits; ++n) cursor.Put(static_cast<uint8_t>(kAlphabet[bits_ >> (18 - 6 * n) & 63]));
    bits_ = 0;
    held_ = 0;
  }

  uint32_t bits_ = 0;
  unsigned held_ = 0;
};

}  // namespace

extern constinit const TransformKind kBase64EncodeKind = KindOf<Base64EncodeMachine>("base64Encode");

}  // namespace weir
