// Limits of a connection. Names and values are those of src/base/limits.ts.

#ifndef WEIR_TRANSPORT_SESSION_LIMITS_H_
#define WEIR_TRANSPORT_SESSION_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace weir::transport {

struct SessionLimits {
  uint32_t concurrent_streams_max;
  size_t receive_message_bytes_max;
  size_t unsent_bytes_max;
  uint32_t header_list_bytes_max;
  uint32_t stream_reset_burst;
  uint32_t stream_reset_rate;
  uint32_t empty_stream_burst;
  uint32_t empty_stream_rate;
  uint64_t peer_silence_ms_max;
};

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_SESSION_LIMITS_H_
