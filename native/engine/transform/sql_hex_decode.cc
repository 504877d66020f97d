// t:sqlHexDecode: 0x and at least one pair of hexadecimal digits become the bytes that they spell; an odd last digit is kept as it
// is. A NUL does not end the value (in ModSecurity v3 it does, which hides what follows).

#include "digits.h"
#include "machine.h"

namespace weir {
namespace {

class SqlHexDecodeMachine {
 public:
  void Write(ByteView input, Bytes& out) {
    Cursor cursor(out, input.size() + kHeldMax);
    for (const uint8_t byte : input) {
      // A byte that ends a state is processed again, at most twice: kFirst, kZero, kText.
      while (!Put(byte, cursor)) {
      }
    }
  }
  void End(Bytes& out) {
    Cursor cursor(out, kHeldMax);
    while (state_ != State::kText) BreakOff(cursor);
  }
  static bool Unchanged(const ByteSet& bytes, size_t length) {
    return length < 4 || !bytes.Has('0') || !(bytes.Has('x') || bytes.Has('X'));
  }

 private:
  static constexpr size_t kHeldMax = 3;
  // kZero: "0" is held; kMark: "0x"; kFirst: "0x" and a digit; kPairs: nothing held, in a hexadecimal number; kOdd: one digit of
  // it.
  enum class State : uint8_t { kText, kZero, kMark, kFirst, kPairs, kOdd };

  // False when the byte does not belong to the state, which then ends.
  bool Put(uint8_t byte, Cursor& cursor) {
    switch (state_) {
      case State::kText:
        if (byte == '0') {
          state_ = State::kZero;
        } else {
          cursor.Put(byte);
        }
        return true;
      case State::kZero:
        if ((byte | 0x20) != 'x') return BreakOff(cursor);
        mark_ = byte;
        state_ = State::kMark;
        return true;
      case State::kMark:
      case State::kPairs:
        if (!IsHex(byte)) return BreakOff(cursor);
        digit_ = byte;
        state_ = state_ == State::kMark ? State::kFirst : State::kOdd;
        return true;
      case State::kFirst:
      case State::kOdd:
        if (!IsHex(byte)) return BreakOff(cursor);
        cursor.Put(static_cast<uint8_t>(kHexValue[digit_] << 4 | kHexValue[byte]));
        state_ = State::kPairs;
        return true;
    }
    return true;
  }

  // Writes the held bytes unchanged. The digit of kFirst or kOdd may be a '0' that begins the next "0x".
  bool BreakOff(Cursor& cursor) {
    const State left = state_;
    state_ = State::kText;
    if (left == State::kZero || left == State::kMark || left == State::kFirst) cursor.Put('0');
    if (left == State::kMark || left == State::kFirst) cursor.Put(mark_);
    if (left == State::kFirst || left == State::kOdd) {
      if (digit_ == '0') {
        state_ = State::kZero;
      } else {
        cursor.Put(digit_);
      }
    }
    return false;
  }

  State state_ = State::kText;
  uint8_t mark_ = 0;
  uint8_t digit_ = 0;
};

}  // namespace

extern constinit const TransformKind kSqlHexDecodeKind = KindOf<SqlHexDecodeMachine>("sqlHexDecode");

}  // namespace weir
