// The normal form of a path: without empty segments and ".", and with ".." resolved where it has a segment to remove.

#ifndef WEIR_ENGINE_TRANSFORM_PATH_MACHINE_H_
#define WEIR_ENGINE_TRANSFORM_PATH_MACHINE_H_

#include <algorithm>

#include "machine.h"

namespace weir {

// A ".." can remove output from any time before, so this is not a finite-state transformation. The last bytes of the normal form
// are kept; a ".." that would remove more stops there, and WasTruncated() then returns true.
inline constexpr uint64_t kPathWindowBytes = 64 * 1024;

// Offsets count over the whole normal form; the first `base_` bytes of it have been written out.
template <bool kWindows>
class PathMachine {
 public:
  void Write(ByteView input, Bytes& out) {
    const uint8_t* at = input.data();
    const uint8_t* const end = at + input.size();
    while (at != end) {
      if (IsSlash(*at)) {
        EndSegment(true);
        ++at;
      } else {
        const uint8_t* const segment = at;
        while (at != end && !IsSlash(*at)) ++at;
        AddToSegment(segment, at);
      }
      has_begun_ = true;
      Spill(out);
    }
  }

  void End(Bytes& out) {
    const bool has_slash_at_end = segment_length_ == 0;
    if (!has_slash_at_end) EndSegment(false);
    // A slash at the end stays only if the value had one; the root keeps its own.
    const uint64_t root = is_absolute_ ? 1 : 0;
    if (!has_slash_at_end && total_ > root && total_ > base_ && kept_.back() == '/') Cut(total_ - 1);
    AppendBytes(out, kept_.data(), kept_.data() + kept_.size());
    const bool was_truncated = was_truncated_;
    Reset();
    was_truncated_ = was_truncated;
  }

  void Reset() {
    kept_.clear();
    base_ = total_ = floor_ = leading_ = segment_length_ = 0;
    is_absolute_ = has_begun_ = was_truncated_ = false;
    has_only_dots_ = true;
  }
  bool WasTruncated() const { return was_truncated_; }
  size_t HeapBytes() const { return kept_.capacity(); }

  // Without a slash there is one segment, and only "." differs from its normal form.
  static bool Unchanged(const ByteSet& bytes, size_t length) {
    return !bytes.Has('/') && !(kWindows && bytes.Has('\\')) && !(length == 1 && bytes.Has('.'));
  }

 private:
  static bool IsSlash(uint8_t byte) { return byte == '/' || (kWindows && byte == '\\'); }

  void AddToSegment(const uint8_t* from, const uint8_t* to) {
    if (segment_length_ + static_cast<uint64_t>(to - from) > 2) has_only_dots_ = false;
    for (const uint8_t* at = from; has_only_dots_ && at != to; ++at) has_only_dots_ = *at == '.';
    segment_length_ += static_cast<uint64_t>(to - from);
    Add(from, to);
  }

  void EndSegment(bool has_slash) {
    static constexpr uint8_t kSlash = '/';
    if (segment_length_ == 0) {
      if (!has_begun_ && has_slash) {
        is_absolute_ = true;
        Add(&kSlash, &kSlash + 1);
        leading_ = total_;
      }
      return;
    }
    const uint64_t length = segment_length_;
    const bool is_dots = has_only_dots_;
    segment_length_ = 0;
    has_only_dots_ = true;
    if (is_dots && length == 1) return Cut(total_ - 1);
    if (is_dots && length == 2 && (is_absolute_ || total_ - 2 > leading_)) {
      Cut(total_ - 2);
      return RemoveLastSegment();
    }
    if (has_slash) Add(&kSlash, &kSlash + 1);
    if (is_dots) leading_ = total_;  // a ".." with nothing before it stays for good
  }

  // `kept_` ends with the slash of the segment to remove, or with the leading part.
  void RemoveLastSegment() {
    if (total_ <= leading_) return;
    const uint64_t stop = std::max(leading_, floor_);
    uint64_t at = total_ - 1;
    while (at > stop && kept_[at - 1 - base_] != '/') --at;
    if (at <= floor_ && floor_ > leading_) {
      // Unless the window happens to begin with the segment, the segment's beginning has been written out.
      was_truncated_ = true;
      at = floor_;
    }
    Cut(std::min(at, total_));
  }

  void Add(const uint8_t* from, const uint8_t* to) {
    AppendBytes(kept_, from, to);
    total_ += static_cast<uint64_t>(to - from);
    if (total_ > kPathWindowBytes) floor_ = std::max(floor_, total_ - kPathWindowBytes);
  }

  void Cut(uint64_t total) {
    total_ = std::max(total, base_);
    kept_.resize(total_ - base_);
  }

  // Writes what no ".." can remove any more. The two bytes of a segment that may still turn out to be dots are within the window.
  // Not done for every chunk, since moving the window costs as much as its length.
  void Spill(Bytes& out) {
    if (kept_.size() < 2 * kPathWindowBytes) return;
    const auto spilled = static_cast<ptrdiff_t>(floor_ - base_);
    AppendBytes(out, kept_.data(), kept_.data() + spilled);
    kept_.erase(kept_.begin(), kept_.begin() + spilled);
    base_ = floor_;
  }

  Bytes kept_;
  uint64_t base_ = 0;     // bytes written out
  uint64_t total_ = 0;    // bytes of the normal form so far
  uint64_t floor_ = 0;    // nothing below it may be removed: depends on the value only, not on its chunks
  uint64_t leading_ = 0;  // length of the part that stays: the root, or the ".." at the start of a relative path
  uint64_t segment_length_ = 0;
  bool is_absolute_ = false;
  bool has_begun_ = false;
  bool has_only_dots_ = true;
  bool was_truncated_ = false;
};

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_PATH_MACHINE_H_
