// The send buffer of one stream.

#ifndef WEIR_TRANSPORT_OUTBOX_H_
#define WEIR_TRANSPORT_OUTBOX_H_

#include <array>

#include "bytes.h"

namespace weir::transport {

class Outbox {
 public:
  size_t size() const { return bytes_.size() - sent_; }

  // Adds a message with its gRPC prefix (flags 0, length).
  void AddMessage(ByteView message) {
    const size_t length = message.size();
    const std::array<uint8_t, 5> prefix{0, static_cast<uint8_t>(length >> 24), static_cast<uint8_t>(length >> 16),
                                        static_cast<uint8_t>(length >> 8), static_cast<uint8_t>(length)};
    Add(prefix);
    Add(message);
  }

  // Adds bytes without a prefix.
  void Add(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }

  // The first `length` unsent bytes.
  ByteView Front(size_t length) const { return ByteView(bytes_).subspan(sent_, length); }

  // Drops the first `length` unsent bytes. Memory of sent bytes is freed once it is half of the total.
  void Drop(size_t length) {
    sent_ += length;
    if (sent_ == bytes_.size()) {
      sent_ = 0;
      if (bytes_.capacity() > kKeptBytesMax) bytes_ = Bytes();
      bytes_.clear();
    } else if (sent_ > bytes_.size() / 2) {
      bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<ptrdiff_t>(sent_));
      sent_ = 0;
    }
  }

 private:
  static constexpr size_t kKeptBytesMax = 4096;

  Bytes bytes_;
  size_t sent_ = 0;
};

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_OUTBOX_H_
