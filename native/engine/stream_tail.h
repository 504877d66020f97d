// The last bytes of a streamed value, for captures and log data: a ring that grows up to its limit.

#ifndef WEIR_ENGINE_STREAM_TAIL_H_
#define WEIR_ENGINE_STREAM_TAIL_H_

#include <cstddef>

#include "transform/transform.h"

namespace weir {

// Bytes kept for captures; also the longest match found on a stream for an RE2 pattern of unbounded length.
inline constexpr size_t kConfirmWindowBytes = 8 * 1024;

class StreamTail {
 public:
  void Append(ByteView bytes);
  // The bytes in order.
  Bytes Copy() const;
  size_t StateBytes() const { return ring_.capacity(); }

 private:
  // Until the ring is full its bytes are in order; after that `next_` is the oldest.
  Bytes ring_;
  size_t next_ = 0;
};

}  // namespace weir

#endif  // WEIR_ENGINE_STREAM_TAIL_H_
