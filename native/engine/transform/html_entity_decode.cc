// t:htmlEntityDecode: &#DDD &#xHH (any number of digits, low byte of the code), each with or without the semicolon, and the named
// entities of ASCII characters. The five names that ModSecurity v3 knows need no semicolon, as there, and may be in any case; the
// others, which browsers decode only with a semicolon, need one. Coraza knows all names of HTML.

#include <algorithm>

#include "digits.h"
#include "entity_names.h"
#include "find_byte.h"
#include "machine.h"

namespace weir {
namespace {

class HtmlEntityDecodeMachine {
 public:
  void Write(ByteView input, Bytes& out) {
    Cursor cursor(out, input.size() + held_.size() + 1);
    const uint8_t* at = input.data();
    const uint8_t* const end = at + input.size();
    while (at != end) {
      if (state_ == State::kText) {
        const uint8_t* const mark = FindByte(at, end, '&');
        cursor.Copy(at, mark);
        if (mark == end) return;
        at = mark + 1;
        Hold('&');
        state_ = State::kMark;
      } else if (Put(*at, cursor)) {
        ++at;
      }
    }
  }
  void End(Bytes& out) {
    Cursor cursor(out, held_.size() + 1);
    Leave(false, cursor);
  }
  static bool Unchanged(const ByteSet& bytes, size_t length) { return length < 3 || !bytes.Has('&'); }

 private:
  // kMark: "&"; kNumber: "&#"; kHexMark: "&#x"; kDecimal, kHex: with a digit; kName: "&" and letters.
  enum class State : uint8_t { kText, kMark, kNumber, kHexMark, kDecimal, kHex, kName };

  static bool IsAlphanumeric(uint8_t byte) {
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
  }

  // False when the byte ends the entity and must be processed again.
  bool Put(uint8_t byte, Cursor& cursor) {
    switch (state_) {
      case State::kMark:
        if (byte == '#') return Hold(byte, State::kNumber);
        if (IsAlphanumeric(byte)) return Hold(byte, State::kName);
        break;
      case State::kNumber:
        if ((byte | 0x20) == 'x') return Hold(byte, State::kHexMark);
        if (byte >= '0' && byte <= '9') return AddDigit(byte, 10, State::kDecimal);
        break;
      case State::kHexMark:
      case State::kHex:
        if (IsHex(byte)) return AddDigit(byte, 16, State::kHex);
        break;
      case State::kDecimal:
        if (byte >= '0' && byte <= '9') return AddDigit(byte, 10, State::kDecimal);
        break;
      case State::kName:
        // A longer run is not a name: what is held is text, and so is the rest of the run.
        if (IsAlphanumeric(byte) && held_length_ < held_.size()) return Hold(byte, State::kName);
        if (IsAlphanumeric(byte)) is_too_long_ = true;
        break;
      case State::kText:
        break;
    }
    return Leave(byte == ';', cursor);
  }

  // Ends the entity; true when the semicolon was part of it.
  bool Leave(bool has_semicolon, Cursor& cursor) {
    bool is_decoded = state_ == State::kDecimal || state_ == State::kHex;
    if (is_decoded) {
      cursor.Put(static_cast<uint8_t>(code_));
    } else if (state_ == State::kName && !is_too_long_) {
      const int named = FindEntity({reinterpret_cast<const char*>(held_.data()) + 1, held_length_ - 1u}, has_semicolon);
      is_decoded = named >= 0;
      if (is_decoded) cursor.Put(static_cast<uint8_t>(named));
    }
    if (!is_decoded) cursor.Copy(held_.data(), held_.data() + held_length_);
    held_length_ = 0;
    code_ = 0;
    is_too_long_ = false;
    state_ = State::kText;
    return is_decoded && has_semicolon;
  }

  bool Hold(uint8_t byte, State state = State::kMark) {
    held_[held_length_++] = byte;
    state_ = state;
    return true;
  }

  bool AddDigit(uint8_t byte, uint32_t base, State state) {
    // Capped at a code that no character has, so that a long number does not wrap round to a short one.
    code_ = std::min(code_ * base + kHexValue[byte], kCodeMax);
    state_ = state;
    return true;
  }

  static constexpr uint32_t kCodeMax = 0xFFFFFF;

  std::array<uint8_t, 1 + kEntityNameBytesMax> held_{};
  uint8_t held_length_ = 0;
  bool is_too_long_ = false;
  State state_ = State::kText;
  uint32_t code_ = 0;
};

}  // namespace

extern constinit const TransformKind kHtmlEntityDecodeKind = KindOf<HtmlEntityDecodeMachine>("htmlEntityDecode");

}  // namespace weir
