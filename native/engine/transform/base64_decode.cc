// t:base64Decode: RFC 4648 section 4. Line ends are skipped; the first other byte that is not a digit ends the value, and what was
// decoded before it is kept (as in Coraza; libmodsecurity keeps only whole groups). Padding is optional.

#include "base64_digits.h"
#include "machine.h"

namespace weir {
namespace {

struct Base64DecodeMachine {
  void Write(ByteView input, Bytes& out) {
    if (has_ended_) return;
    Cursor cursor(out, Base64Bits::BytesMax(input.size()));
    for (const uint8_t byte : input) {
      const uint8_t value = kBase64Value[byte];
      if (value != kNotBase64) {
        bits_.Put(value, cursor);
      } else if (byte != '\r' && byte != '\n') {
        has_ended_ = true;
        return;
      }
    }
  }
  void End(Bytes& out) { bits_.End(out); }
  static bool Unchanged(const ByteSet&, size_t length) { return length == 0; }

 private:
  Base64Bits bits_;
  bool has_ended_ = false;
};

}  // namespace

extern constinit const TransformKind kBase64DecodeKind = KindOf<Base64DecodeMachine>("base64Decode");

}  // namespace weir
