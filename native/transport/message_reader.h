// Reads the messages of one stream ("gRPC over HTTP/2", Length-Prefixed-Message), however their bytes are cut.

#ifndef WEIR_TRANSPORT_MESSAGE_READER_H_
#define WEIR_TRANSPORT_MESSAGE_READER_H_

#include <array>

#include "event_batch.h"

namespace weir::transport {

class MessageReader {
 public:
  // Adds the messages that are now complete, or a violation, to `events`. After a violation all bytes are ignored.
  void Feed(ByteView bytes, uint32_t slot, size_t message_bytes_max, EventBatch& events);

  // Whether the bytes so far end at the end of a message.
  bool IsBetweenMessages() const { return prefix_bytes_ == 0 && !has_length_; }

  // Whether reading has stopped.
  bool IsStopped() const { return is_stopped_; }

  // Stops reading and drops an incomplete message.
  void Stop();

 private:
  // Both take what they can from `bytes` and return true when their part is complete.
  bool ReadPrefix(ByteView& bytes, uint32_t slot, size_t message_bytes_max, EventBatch& events);
  void ReadMessage(ByteView& bytes, uint32_t slot, EventBatch& events);
  void Break(uint32_t slot, Violation violation, uint32_t detail, EventBatch& events);

  static constexpr size_t kPrefixBytes = 5;

  std::array<uint8_t, kPrefixBytes> prefix_{};
  size_t prefix_bytes_ = 0;
  bool has_length_ = false;
  bool is_stopped_ = false;
  size_t length_ = 0;
  Bytes part_;
};

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_MESSAGE_READER_H_
