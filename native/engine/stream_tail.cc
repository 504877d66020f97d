#include "stream_tail.h"

#include <algorithm>

namespace weir {

void StreamTail::Append(ByteView bytes) {
  if (bytes.size() >= kConfirmWindowBytes) {
    bytes = bytes.last(kConfirmWindowBytes);
    ring_.assign(bytes.begin(), bytes.end());
    next_ = 0;
    return;
  }
  const size_t plain = std::min(bytes.size(), kConfirmWindowBytes - ring_.size());
  // Never more than the limit, which doubling would exceed.
  if (ring_.size() + plain > ring_.capacity()) {
    ring_.reserve(std::min(kConfirmWindowBytes, std::max(2 * ring_.capacity(), ring_.size() + plain)));
  }
  ring_.insert(ring_.end(), bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(plain));
  bytes = bytes.subspan(plain);
  while (!bytes.empty()) {
    const size_t length = std::min(bytes.size(), kConfirmWindowBytes - next_);
    std::copy_n(bytes.begin(), length, ring_.begin() + static_cast<ptrdiff_t>(next_));
    next_ = (next_ + length) % kConfirmWindowBytes;
    bytes = bytes.subspan(length);
  }
}

Bytes StreamTail::Copy() const {
  Bytes out(ring_.begin() + static_cast<ptrdiff_t>(next_), ring_.end());
  out.insert(out.end(), ring_.begin(), ring_.begin() + static_cast<ptrdiff_t>(next_));
  return out;
}

}  // namespace weir
