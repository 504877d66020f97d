// One open stream: what its peer has sent so far, and what is waiting to be sent.

#ifndef WEIR_TRANSPORT_STREAM_H_
#define WEIR_TRANSPORT_STREAM_H_

#include <string>

#include "message_reader.h"
#include "outbox.h"
#include "request_head.h"

namespace weir::transport {

class Session;

// The slot of streams that are not reported: refused ones.
inline constexpr uint32_t kNoSlot = 0xFFFFFFFF;

// How a stream ends.
struct Status {
  uint32_t code;  // grpc.io, "Status codes and their use in gRPC"
  std::string details;
};

struct Stream {
  Stream(Session& owner, int32_t stream_id) : session(&owner), id(stream_id) {}

  Session* session;
  int32_t id;
  uint32_t slot = kNoSlot;
  RequestHead head;
  MessageReader reader;
  Outbox outbox;
  Status status{0, {}};
  size_t unconsumed_bytes = 0;
  bool has_head = false;       // Its headers have arrived and were within the limit.
  bool has_data = false;       // DATA has arrived.
  bool is_half_closed = false;  // The peer will send nothing more.
  bool has_response = false;   // HEADERS have been submitted.
  bool has_ended = false;      // Its status is known.
  bool is_plain = false;       // Its response is plain HTTP: there are no trailers.
  bool is_deferred = false;    // nghttp2 must be called when there is something to send.
  bool is_paused = false;      // What arrived is not handled yet: the peer's window is not enlarged.
  bool is_full = false;        // The caller waits until the unsent bytes have been sent.
  bool is_touched = false;     // It is in its session's list of streams that received bytes.
};

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_STREAM_H_
