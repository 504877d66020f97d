// RE2 on overlapping windows of a streamed value. Windows lie at absolute offsets of the value, and a match counts only
// when no further byte could undo it, so that nothing depends on how the value was cut.

#ifndef WEIR_ENGINE_CONFIRM_WINDOW_H_
#define WEIR_ENGINE_CONFIRM_WINDOW_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "scan_program.h"
#include "stream_tail.h"
#include "transform/transform.h"

namespace weir {

// A maximum match length above this counts as unbounded.
inline constexpr size_t kLongestMatchBytesMax = 64 * 1024;

class ConfirmWindow {
 public:
  // Called for each pattern that matches, with the end of one match; asked first whether the pattern is still
  // needed.
  struct Sink {
    std::function<bool(uint32_t id)> wants;
    std::function<void(uint32_t id, uint64_t to)> hit;
    // Called with the cost of each search (work.h).
    std::function<void(uint64_t work)> spend;
  };

  // The patterns must outlive this.
  explicit ConfirmWindow(const std::vector<StepRe2>& patterns);

  // Takes the next bytes of the value; windows that are complete are searched.
  void Append(ByteView bytes, const Sink& sink);
  // Reports every match in the bytes so far that holds whatever follows.
  void Settle(const Sink& sink);
  // The value ends here.
  void End(const Sink& sink);
  // After End(): whether a pattern of unbounded length may have a match that fitted in no window. Depends on the value only.
  bool MayHaveMissed(const Sink& sink) const;

  size_t StateBytes() const { return history_.capacity(); }

 private:
  uint64_t end() const { return begin_ + history_.size(); }
  uint64_t window_end() const { return window_ + stride_ + overlap_; }
  void AppendStep(ByteView bytes, const Sink& sink);
  void AdvanceWindow();
  // Searches [from, to), absolute offsets, for one pattern.
  bool Search(const Re2Only& only, uint64_t from, uint64_t to, const Sink& sink) const;
  bool SearchWhateverFollows(const Re2Only& only, uint64_t from, const Sink& sink);
  void Report(const Re2Only& only, uint64_t from, uint64_t to, const Sink& sink) const;
  uint64_t FirstOffsetOf(const Re2Only& only) const;
  ByteSet WindowBytes() const;

  const std::vector<StepRe2>& patterns_;
  Bytes history_;
  uint64_t begin_ = 0;
  uint64_t window_ = 0;
  uint64_t stride_ = kConfirmWindowBytes;
  uint64_t overlap_ = 0;
  // All matches up to here that hold whatever follows have been reported.
  uint64_t settled_ = 0;
  // Bytes of the current window: those at its beginning, and those appended since.
  ByteSet bytes_before_;
  ByteSet bytes_since_;
  // Bytes of earlier windows.
  ByteSet bytes_gone_;
};

}  // namespace weir

#endif  // WEIR_ENGINE_CONFIRM_WINDOW_H_
