// The packed hit buffer, as src/matching/native.ts describes it, and the collector that fills it: deduplicates by (field, pattern),
// keeps the smallest end, and reports when there was no room.

#ifndef WEIR_ENGINE_HIT_H_
#define WEIR_ENGINE_HIT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace weir {

inline constexpr size_t kHitHeaderWords = 3;
inline constexpr size_t kHitWords = 3;
inline constexpr uint32_t kHitFlagOverflow = 1;
inline constexpr uint32_t kHitFlagTruncated = 2;
inline constexpr uint32_t kHitFlagWindowed = 4;

// Words of one entry of a field table.
inline constexpr size_t kFieldWords = 3;
// Bit of a field's class: the value is in many requests, so it is worth remembering what was found in it.
inline constexpr uint32_t kFieldFlagRecurring = 1u << 31;

struct Hit {
  uint32_t field;
  uint32_t pattern;
  uint32_t to;
};
static_assert(sizeof(Hit) == kHitWords * sizeof(uint32_t));

// A hit in a value, whichever field has it.
struct PatternHit {
  uint32_t pattern;
  uint32_t to;
};

// Collects the hits of one call. One per thread, reused: the table of seen patterns is as large as the largest
// pattern id and is never cleared, a serial number per field makes old entries stale.
class HitCollector {
 public:
  // Starts a call that writes to `buffer` and sees pattern ids below `pattern_id_end`.
  void Begin(std::span<uint32_t> buffer, uint32_t pattern_id_end) {
    buffer_ = buffer;
    room_ = buffer.size() < kHitHeaderWords ? 0 : (buffer.size() - kHitHeaderWords) / kHitWords;
    count_ = 0;
    flags_ = 0;
    work_ = 0;
    if (slots_.size() < pattern_id_end) slots_.resize(pattern_id_end);
    BeginField(0);
  }

  void BeginField(uint32_t field) {
    field_ = field;
    if (++serial_ == 0) {  // After 2^32 fields old serials could come back.
      for (Slot& slot : slots_) slot = Slot{};
      serial_ = 1;
    }
  }

  void Add(uint32_t pattern, uint64_t to) {
    const uint32_t end = to > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(to);
    Slot& slot = slots_[pattern];
    if (slot.serial == serial_) {
      if (slot.index < room_) {
        uint32_t& known = buffer_[kHitHeaderWords + slot.index * kHitWords + 2];
        if (end < known) known = end;
      }
      return;
    }
    slot.serial = serial_;
    slot.index = count_;
    if (count_ < room_) {
      uint32_t* words = &buffer_[kHitHeaderWords + count_ * kHitWords];
      words[0] = field_;
      words[1] = pattern;
      words[2] = end;
    } else {
      flags_ |= kHitFlagOverflow;
    }
    ++count_;
  }

  // Hits so far, of all fields.
  uint32_t count() const { return count_; }
  bool Has(uint32_t pattern) const { return slots_[pattern].serial == serial_; }
  void Flag(uint32_t flag) { flags_ |= flag; }
  bool HasOverflow() const { return (flags_ & kHitFlagOverflow) != 0; }

  // Adds to what the call cost, in units of work.h.
  void Spend(uint64_t work) { work_ += work; }
  uint64_t work() const { return work_; }

  // Copies the hits of an earlier field of this call, those from index `first` up to `end` (values of count()), to the current
  // field. False, with nothing added, when there was no room.
  bool Repeat(uint32_t first, uint32_t end) {
    if (end > room_) return false;
    for (uint32_t n = first; n < end; ++n) {
      const uint32_t* words = &buffer_[kHitHeaderWords + n * kHitWords];
      Add(words[1], words[2]);
    }
    return true;
  }

  // Copies the hits from `first` on, as `count` told it, to `out`. Returns how many; nothing when `out` is too small, or when
  // there was no room for them here.
  std::optional<size_t> CopySince(uint32_t first, std::span<PatternHit> out) const {
    if (count_ > room_ || count_ - first > out.size()) return std::nullopt;
    for (uint32_t n = first; n < count_; ++n) {
      const uint32_t* words = &buffer_[kHitHeaderWords + n * kHitWords];
      out[n - first] = {words[1], words[2]};
    }
    return count_ - first;
  }

  // Writes the header; returns the number of hits in the buffer.
  uint32_t Finish() {
    const uint32_t written = count_ < room_ ? count_ : static_cast<uint32_t>(room_);
    if (buffer_.size() >= kHitHeaderWords) {
      buffer_[0] = written;
      buffer_[1] = flags_;
      buffer_[2] = work_ > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(work_);
    }
    return written;
  }

 private:
  struct Slot {
    uint32_t serial = 0;
    uint32_t index = 0;
  };

  std::span<uint32_t> buffer_;
  size_t room_ = 0;
  uint32_t count_ = 0;
  uint32_t flags_ = 0;
  uint64_t work_ = 0;
  uint32_t field_ = 0;
  uint32_t serial_ = 0;
  std::vector<Slot> slots_;
};

}  // namespace weir

#endif  // WEIR_ENGINE_HIT_H_
