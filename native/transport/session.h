// One HTTP/2 connection with gRPC streams: received bytes go in, events and bytes to write come out. nghttp2 implements HTTP/2 on
// memory. Knows no socket and no clock.

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

// The owner of a session, which writes its output.
class SessionHost {
 public:
  // The session has output. May be called often, also during Receive.
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

  // Processes bytes from the peer. False: the session ends after the output that `Write` gives.
  bool Receive(ByteView bytes, uint64_t now_ms);

  // Enlarges the peer's windows by the bytes received since the last call, except for paused streams. To be called when the events
  // of `Receive` have been handled.
  void UpdateWindows();

  // Appends output to `out` until that has `bytes_max` bytes; the frame that reaches the limit is completed.
  void Write(Bytes& out, size_t bytes_max);

  // Whether so much output is waiting, apart from bodies, that nothing should be read before some of it is sent.
  bool IsBacklogged() const;

  // Whether neither side will send anything more.
  bool IsOver() const;

  // Checks a connection on which nothing arrives: pings the peer. False: the peer is gone.
  bool KeepAlive(uint64_t now_ms);

  // Tells the peer to open no more streams (GOAWAY). Those that it opens before it has read that are served.
  void Drain();

  // Ends all streams, and sends the peer an HTTP/2 error code.
  void Terminate(uint32_t error_code);

  // Called when the peer is gone: all streams end at once.
  void Abandon();

  // Sends a message. True: too much is unsent now, and an event (kWritable) will report when it has been sent.
  bool Send(Stream& stream, ByteView message);
  // Ends a stream after its unsent bytes have been sent. Whatever still arrives on it is dropped.
  void End(Stream& stream, Status status);
  // Stops enlarging the peer's window of a stream; Resume() grants what was withheld.
  void Pause(Stream& stream);
  void Resume(Stream& stream);

 private:
  friend struct SessionCallbacks;

  // Called at the end of the headers: serves the stream or refuses it.
  void Open(Stream& stream);
  void OnHalfClose(Stream& stream);
  void OnData(Stream& stream, ByteView bytes);
  void OnClosed(int32_t stream_id);
  void OnPong(const uint8_t* opaque);
  // Bytes available for one DATA frame of a stream, at most `bytes_max`, or the code that defers the stream when there are none
  // yet.
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
  bool is_pinged_ = false;    // Nothing has arrived since a ping was sent.
  bool is_broken_ = false;    // The peer sent something that ends the connection: nothing more is read.
  bool is_draining_ = false;
  bool is_terminated_ = false;
  Bytes* out_ = nullptr;      // Where `Write` appends bodies.
  size_t out_bytes_max_ = 0;
};

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_SESSION_H_
