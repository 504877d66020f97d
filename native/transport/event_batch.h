// What happened to streams since the last report, in order, with the messages' bytes. Knows no connection.

#ifndef WEIR_TRANSPORT_EVENT_BATCH_H_
#define WEIR_TRANSPORT_EVENT_BATCH_H_

#include <utility>

#include "bytes.h"

namespace weir::transport {

// The numbers are those of src/ext-proc/native-addon.ts.
enum class EventKind : uint32_t {
  kOpen = 1,          // first: index of the method; second: milliseconds until its deadline, 0: none
  kMessage = 2,       // first: offset in `bytes`; second: length
  kLargeMessage = 3,  // first: index in `large`
  kHalfClose = 4,
  kViolation = 5,  // first: a Violation; second: what goes with it
  kWritable = 6,   // what was unsent has gone out
  kClose = 7,
  kUnfinished = 8,  // first: bytes of memory that a message takes which has not come whole; none from its event on
};

// Why nothing of a stream is read any more, its end included.
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

// Messages above this have bytes of their own: one that is kept keeps no others.
inline constexpr size_t kSharedMessageBytesMax = 16 * 1024;

// Messages that have not arrived completely are reported when they take more than this.
inline constexpr size_t kToldUnfinishedBytesMin = 4 * 1024;

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

  // Takes the message's memory over.
  void AddLarge(uint32_t slot, Bytes message) {
    const auto index = static_cast<uint32_t>(large_.size());
    large_.push_back(std::move(message));
    Add({EventKind::kLargeMessage, slot, index, 0});
  }

  // Forgets everything but its memory.
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
