// One HTTP/2 connection with gRPC streams: received bytes go in, events and bytes to write come out. nghttp2
// implements HTTP/2; its input comes from memory. Knows no socket and no clock.

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

  // Whether so much waits to be written, without bodies, that nothing should be read before some of it has
  // been sent.
  bool IsBacklogged() const;

  // Whether neither side has anything to say any more.
  bool IsOver() const;

  // Checks a connection on which nothing arrives: pings the peer. False: the peer is gone.
  bool KeepAlive(uint64_t now_ms);

  // Tells the peer to open no more streams. Those that it opens before it has read that are served.
  void Drain();

  // Ends everything, and sends the peer an HTTP/2 error code.
  void Terminate(uint32_t error_code);

  // The peer is gone: its streams end here and now.
  void Abandon();

  // Sends a message. True: too much is unsent now, and an event will say when it has been sent.
  bool Send(Stream& stream, ByteView message);
  // Ends a stream when its unsent bytes have been sent. What still arrives on it is dropped.
  void End(Stream& stream, Status status);
  // Stops enlarging the peer's window of a stream, or grants what was withheld meanwhile.
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
