// Events of streams since the last report, in order, with the bytes of messages. Knows no connection.

#ifndef WEIR_TRANSPORT_EVENT_BATCH_H_
#define WEIR_TRANSPORT_EVENT_BATCH_H_

#include <utility>

#include "bytes.h"

namespace weir::transport {

// The numbers are those of src/ext-proc/native-addon.ts.
enum class EventKind : uint32_t {
  kOpen = 1,          // first: index of the method; second: milliseconds until the deadline, 0: none
  kMessage = 2,       // first: offset in `bytes`; second: length
  kLargeMessage = 3,  // first: index in `large`
  kHalfClose = 4,
  kViolation = 5,  // first: a Violation; second: its detail
  kWritable = 6,   // the unsent bytes have been sent
  kClose = 7,
  kUnfinished = 8,  // first: memory, in bytes, of a message that has not arrived completely; released with the message's event
};

// Why a stream is no longer read, not even for its end.
enum class Violation : uint32_t {
  kFlags = 1,     // second: the flags
  kTooLarge = 2,  // second: the length
  kCutShort = 3,
};

struct Event {
  EventKind kind;
  uint32_t slot;
  uint32_t first = 0;
  uint32_t second = 0;
};

// Longer messages have memory of their own, so that keeping one keeps no others alive.
inline constexpr size_t kSharedMessageBytesMax = 16 * 1024;

// Messages that have not arrived completely are reported when they take more than this.
inline constexpr size_t kReportedUnfinishedBytesMin = 4 * 1024;

class EventBatch {
 public:
  bool empty() const { return events_.empty(); }
  const std::vector<Event>& events() const { return events_; }
  ByteView bytes() const { return bytes_; }
  const std::vector<Bytes>& large() const { return large_; }

  void Add(const Event& event) { events_.push_back(event); }

  void AddMessage(uint32_t slot, ByteView message) {
    if (message.size() > kSharedMessageBytesMax) {
      AddLarge(slot, Bytes(message.begin(), message.end()));
      return;
    }
    const auto offset = static_cast<uint32_t>(bytes_.size());
    bytes_.insert(bytes_.end(), message.begin(), message.end());
    Add({EventKind::kMessage, slot, offset, static_cast<uint32_t>(message.size())});
  }

  // Takes ownership of the message's memory.
  void AddLarge(uint32_t slot, Bytes message) {
    const auto index = static_cast<uint32_t>(large_.size());
    large_.push_back(std::move(message));
    Add({EventKind::kLargeMessage, slot, index, 0});
  }

  // Removes all events but keeps the memory.
  void Clear() {
    events_.clear();
    bytes_.clear();
    large_.clear();
  }

 private:
  std::vector<Event> events_;
  Bytes bytes_;
  std::vector<Bytes> large_;
};

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_EVENT_BATCH_H_
