// t:compressWhitespace: each run of isspace() bytes and 0xA0 (the no-break space of Latin-1) becomes one space.

#include "machine.h"

namespace weir {
namespace {

constexpr ByteSet kRunBytes = UnionOf(SetOf(kSpaces), SetOf("\xA0"));
constexpr std::array<bool, 256> kInRun = TableOf(kRunBytes);
constexpr ByteSet kChanging = SetOf("\t\n\v\f\r\xA0");

class CompressWhitespaceMachine {
 public:
  void Write(ByteView input, Bytes& out) {
    Cursor cursor(out, input.size());
    for (const uint8_t byte : input) {
      if (!kInRun[byte]) {
        cursor.Put(byte);
        in_run_ = false;
      } else if (!in_run_) {
        cursor.Put(' ');
        in_run_ = true;
      }
    }
  }
  void End(Bytes&) {}
  static bool Unchanged(const ByteSet& bytes, size_t length) {
    return !bytes.Intersects(kChanging) && (!bytes.Has(' ') || length < 2);
  }

 private:
  bool in_run_ = false;
};

}  // namespace

extern constinit const TransformKind kCompressWhitespaceKind = KindOf<CompressWhitespaceMachine>("compressWhitespace");

}  // namespace weir
