// Removes white space at the ends of a value. A run of white space is held until a following byte shows that it is not the end of
// the value.

#ifndef WEIR_ENGINE_TRANSFORM_TRIM_MACHINE_H_
#define WEIR_ENGINE_TRANSFORM_TRIM_MACHINE_H_

#include "machine.h"

namespace weir {

// Only this much of a run is held, the rest is written. If the run then turns out to be the end, the value keeps white space that
// it should lose (and loses nothing else), and WasTruncated() returns true.
inline constexpr size_t kTrimRunBytesMax = 64 * 1024;

template <bool kLeft, bool kRight>
class TrimMachine {
 public:
  void Write(ByteView input, Bytes& out) {
    const uint8_t* at = input.data();
    const uint8_t* const end = at + input.size();
    if (kLeft && !has_begun_) {
      while (at != end && kIsSpace[*at]) ++at;
      if (at == end) return;
      has_begun_ = true;
    }
    if (!kRight) return AppendBytes(out, at, end);
    const uint8_t* kept = end;
    while (kept != at && kIsSpace[kept[-1]]) --kept;
    if (kept != at) {
      AppendBytes(out, run_.data(), run_.data() + run_.size());
      run_.clear();
      has_spilled_ = false;
      AppendBytes(out, at, kept);
    }
    Hold(kept, end, out);
  }
  void End(Bytes&) {
    const bool was_truncated = has_spilled_;
    Reset();
    was_truncated_ = was_truncated;
  }
  void Reset() {
    run_.clear();
    has_begun_ = has_spilled_ = was_truncated_ = false;
  }
  bool WasTruncated() const { return was_truncated_; }
  size_t HeapBytes() const { return run_.capacity(); }

  static bool Unchanged(const ByteSet& bytes, size_t) {
    static constexpr ByteSet kSpaceSet = SetOf(kSpaces);
    return !bytes.Intersects(kSpaceSet);
  }

 private:
  // Keeps the last kTrimRunBytesMax bytes of the run: how many bytes have been written depends only on the length of the run, not
  // on the chunks.
  void Hold(const uint8_t* from, const uint8_t* to, Bytes& out) {
    run_.insert(run_.end(), from, to);
    if (run_.size() <= kTrimRunBytesMax) return;
    const size_t excess = run_.size() - kTrimRunBytesMax;
    AppendBytes(out, run_.data(), run_.data() + excess);
    run_.erase(run_.begin(), run_.begin() + static_cast<ptrdiff_t>(excess));
    has_spilled_ = true;
  }

  Bytes run_;
  bool has_begun_ = false;
  bool has_spilled_ = false;
  bool was_truncated_ = false;
};

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_TRIM_MACHINE_H_
