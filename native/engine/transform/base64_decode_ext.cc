// t:base64DecodeExt: as base64Decode, but every byte that is not a digit is skipped, including '=' (ModSecurity manual: "ignores
// invalid characters"), as PHP's base64_decode does.

#include "base64_digits.h"
#include "machine.h"

namespace weir {
namespace {

struct Base64DecodeExtMachine {
  void Write(ByteView input, Bytes& out) {
    Cursor cursor(out, Base64Bits::BytesMax(input.size()));
    for (const uint8_t byte : input) {
      const uint8_t value = kBase64Value[byte];
      if (value != kNotBase64) bits_.Put(value, cursor);
    }
  }
  void End(Bytes& out) { bits_.End(out); }
  static bool Unchanged(const ByteSet&, size_t length) { return length == 0; }

 private:
  Base64Bits bits_;
};

}  // namespace

extern constinit const TransformKind kBase64DecodeExtKind = KindOf<Base64DecodeExtMachine>("base64DecodeExt");

}  // namespace weir
