// A rate limit: allows a burst at once, which refills at a rate per second.

#ifndef WEIR_TRANSPORT_TOKEN_BUCKET_H_
#define WEIR_TRANSPORT_TOKEN_BUCKET_H_

#include <algorithm>
#include <cstdint>

namespace weir::transport {

class TokenBucket {
 public:
  TokenBucket(double burst, double per_second, uint64_t now_ms)
      : burst_(burst), per_second_(per_second), left_(burst), at_ms_(now_ms) {}

  // Takes one token. False: none was left.
  bool Take(uint64_t now_ms) {
    left_ = std::min(burst_, left_ + static_cast<double>(now_ms - at_ms_) / 1000 * per_second_) - 1;
    at_ms_ = now_ms;
    return left_ >= 0;
  }

 private:
  double burst_;
  double per_second_;
  double left_;
  uint64_t at_ms_;
};

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_TOKEN_BUCKET_H_
