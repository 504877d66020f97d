// One open stream: what its peer sent so far, and what waits to be sent.

#ifndef WEIR_TRANSPORT_STREAM_H_
#define WEIR_TRANSPORT_STREAM_H_

#include <string>

#include "message_reader.h"
#include "outbox.h"
#include "request_head.h"

namespace weir::transport {

class Session;

// For streams that are not reported: refused ones.
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
  bool has_head = false;       // Its headers came, and were not too many.
  bool has_data = false;       // A byte of DATA came.
  bool is_half_closed = false;  // The peer will send nothing more.
  bool has_response = false;   // HEADERS were submitted.
  bool has_ended = false;      // Its status is known.
  bool is_plain = false;       // It is answered by HTTP alone: there are no trailers.
  bool is_deferred = false;    // HTTP/2 waits to be told that there is something to send.
  bool is_paused = false;      // What came is not handled yet: no more window for the peer.
  bool is_full = false;        // Somebody waits for what is unsent to go out.
  bool is_touched = false;     // It stands in its session's list of those that got bytes.
};

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_STREAM_H_
