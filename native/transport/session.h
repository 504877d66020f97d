// One HTTP/2 connection with gRPC streams: bytes that came go in, events and bytes to be written come out. nghttp2 speaks HTTP/2;
// it is fed from memory. Knows no socket and no clock.

#ifndef WEIR_TRANSPORT_SESSION_H_
#define WEIR_TRANSPORT_SESSION_H_

#include <nghttp2/nghttp2.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "session_limits.h"
#include "stream_table.h"
#include "token_bucket.h"

namespace weir::transport {

// What the sessions of a server share. Outlives them.
struct SessionContext {
  SessionLimits limits;
  // Paths of the methods that are served; events name them by index.
  std::vector<std::string> methods;
  StreamTable streams;
  EventBatch events;
};

// Who writes for a session.
class SessionHost {
 public:
  // The session has something to be written. May be called often, and while it is being fed.
  virtual void OnOutput() = 0;

 protected:
  ~SessionHost() = default;
};

class Session {
 public:
  Session(SessionContext& context, SessionHost& host, uint64_t now_ms);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // What the peer sent. False: nothing more can be said to it than what `Write` gives.
  bool Receive(ByteView bytes, uint64_t now_ms);

  // Gives the peer window for what came since the last call, but for streams that are paused. To be called when the events of
  // `Receive` have been handled.
  void Settle();

  // Appends what is to be written to `out`, until it has `bytes_max`, and the rest of the frame that reaches it.
  void Write(Bytes& out, size_t bytes_max);

  // Whether what waits to be written, bodies aside, is so much that nothing should be read before some of it has gone out.
  bool IsBacklogged() const;

  // Whether neither side has anything to say any more.
  bool IsOver() const;

  // Looks after a connection on which nothing comes: asks whether the peer is there. False: it is not.
  bool KeepAlive(uint64_t now_ms);

  // Tells the peer to open no more streams. Those that it opens before it has read that are served.
  void Drain();

  // Ends everything, with an HTTP/2 error code that the peer is told.
  void Terminate(uint32_t error_code);

  // The peer is gone: its streams end here and now.
  void Abandon();

  // Sends a message. True: so much is unsent now that there is an event when it has gone out.
  bool Send(Stream& stream, ByteView message);
  // Ends a stream when what is unsent has gone out. What still comes of it is dropped.
  void End(Stream& stream, Status status);
  // The peer gets no more window for a stream, or gets what it was not given meanwhile.
  void Pause(Stream& stream);
  void Resume(Stream& stream);

 private:
  friend struct SessionCallbacks;

  // Of the headers' end: serves the stream or refuses it.
  void Open(Stream& stream);
  void OnHalfClose(Stream& stream);
  void OnData(Stream& stream, ByteView bytes);
  void OnClosed(int32_t stream_id);
  void OnPong(const uint8_t* opaque);
  // A stream's bytes for one DATA frame: how many, of at most `bytes_max`; or that there are none yet.
  ssize_t NextData(Stream& stream, size_t bytes_max, uint32_t* flags);
  void OnDataSent(Stream& stream, size_t bytes);
  void RefuseByStatus(Stream& stream, const char* http_status);
  void Consume(Stream& stream);
  void WakeWriter(Stream& stream);
  Stream* Find(int32_t stream_id);

  SessionContext& context_;
  SessionHost& host_;
  nghttp2_session* h2_ = nullptr;
  std::unordered_map<int32_t, std::unique_ptr<Stream>> streams_;
  std::vector<int32_t> touched_;
  TokenBucket empty_streams_;
  uint64_t now_ms_;
  uint64_t heard_ms_;
  uint64_t pinged_ms_ = 0;
  bool is_asked_ = false;     // Nothing came since a ping was sent.
  bool is_broken_ = false;    // The peer sent what ends the connection: nothing more is read.
  bool is_draining_ = false;
  bool is_terminated_ = false;
  Bytes* out_ = nullptr;      // Where `Write` puts bodies.
  size_t out_bytes_max_ = 0;
};

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_SESSION_H_
