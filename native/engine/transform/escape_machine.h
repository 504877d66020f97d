// Template of all decoders of escapes: copies what is not an escape, decodes what is, and keeps the beginning of an escape that is
// cut by the end of a chunk. A grammar defines the escapes; it does not know about chunks.

#ifndef WEIR_ENGINE_TRANSFORM_ESCAPE_MACHINE_H_
#define WEIR_ENGINE_TRANSFORM_ESCAPE_MACHINE_H_

#include <algorithm>

#include "machine.h"

namespace weir {

// A grammar has
//   kTriggers     the bytes that can begin an escape;
//   Find(at, end) the first trigger byte, or `end`;
//   kLongest      bytes that are always enough for Step;
//   kGrowth       the most output bytes per input byte, rounded up over an escape;
//   Step(at, length, last, out)
//                 `at` points to a trigger byte; writes the result of one escape (or of the trigger byte alone) to `out` and
//                 returns how many bytes it took. Returns 0 when it needs more bytes to decide, never when `last`. The result
//                 for `length` bytes must be the same for any longer input that begins with them.
template <typename Grammar>
class EscapeMachine {
 public:
  void Write(ByteView input, Bytes& out) {
    Cursor cursor(out, (input.size() + pending_length_) * Grammar::kGrowth);
    const uint8_t* at = input.data();
    const uint8_t* const end = at + input.size();
    at = WritePending(at, end, cursor);
    if (pending_length_ > 0) return;
    at = Run(at, end, false, cursor);
    pending_length_ = static_cast<uint8_t>(end - at);
    std::copy(at, end, pending_.begin());
  }

  void End(Bytes& out) {
    if (pending_length_ == 0) return;
    Cursor cursor(out, pending_length_ * Grammar::kGrowth);
    Run(pending_.data(), pending_.data() + pending_length_, true, cursor);
    pending_length_ = 0;
  }

  static bool Unchanged(const ByteSet& bytes, size_t) { return !bytes.Intersects(Grammar::kTriggers); }

 private:
  static const uint8_t* Run(const uint8_t* at, const uint8_t* end, bool last, Cursor& cursor) {
    while (at != end) {
      const uint8_t* run = at;
      at = Grammar::Find(at, end);
      cursor.Copy(run, at);
      if (at == end) break;
      const size_t taken = Grammar::Step(at, static_cast<size_t>(end - at), last, cursor.at);
      if (taken == 0) break;
      at += taken;
    }
    return at;
  }

  // Completes the escape that the last chunk began, if `input` has enough for it; returns where the rest of the input begins.
  const uint8_t* WritePending(const uint8_t* at, const uint8_t* end, Cursor& cursor) {
    while (pending_length_ > 0 && at != end) {
      if (!Grammar::kTriggers.Has(pending_[0])) {
        cursor.Put(pending_[0]);
        DropPending(1);
        continue;
      }
      const size_t room = pending_.size() - pending_length_;
      const size_t more = std::min(room, static_cast<size_t>(end - at));
      std::copy(at, at + more, pending_.begin() + pending_length_);
      const size_t taken = Grammar::Step(pending_.data(), pending_length_ + more, false, cursor.at);
      if (taken == 0) {
        pending_length_ = static_cast<uint8_t>(pending_length_ + more);
        at += more;
      } else if (taken >= pending_length_) {
        at += taken - pending_length_;
        pending_length_ = 0;
      } else {
        DropPending(taken);
      }
    }
    return at;
  }

  void DropPending(size_t count) {
    std::copy(pending_.begin() + count, pending_.begin() + pending_length_, pending_.begin());
    pending_length_ = static_cast<uint8_t>(pending_length_ - count);
  }

  std::array<uint8_t, Grammar::kLongest> pending_{};
  uint8_t pending_length_ = 0;
};

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_ESCAPE_MACHINE_H_
