// The last bytes of a streamed value, for captures and log data: a ring that grows up to its bound.

#ifndef WEIR_ENGINE_STREAM_TAIL_H_
#define WEIR_ENGINE_STREAM_TAIL_H_

#include <cstddef>

#include "transform/transform.h"

namespace weir {

// Bytes kept for captures; also the longest match found on a stream for an RE2 pattern that has no longest match.
inline constexpr size_t kConfirmWindowBytes = 8 * 1024;

class StreamTail {
 public:
  void Append(ByteView bytes);
  // The bytes in order.
  Bytes Copy() const;
  size_t StateBytes() const { return ring_.capacity(); }

 private:
  // Until it is full the ring is a plain list that ends at its end; then `next_` is the oldest byte.
  Bytes ring_;
  size_t next_ = 0;
};

}  // namespace weir

#endif  // WEIR_ENGINE_STREAM_TAIL_H_
