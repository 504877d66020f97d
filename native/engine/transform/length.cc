// t:length: the number of bytes, in decimal.

#include <charconv>

#include "machine.h"

namespace weir {
namespace {

struct LengthMachine {
  void Write(ByteView input, Bytes&) { count_ += input.size(); }
  void End(Bytes& out) {
    char digits[20];
    const auto result = std::to_chars(digits, digits + sizeof(digits), count_);
    out.insert(out.end(), digits, result.ptr);
  }
  static bool Unchanged(const ByteSet&, size_t) { return false; }

  uint64_t count_ = 0;
};

}  // namespace

extern constinit const TransformKind kLengthKind = KindOf<LengthMachine>("length");

}  // namespace weir
