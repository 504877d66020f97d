// One accepted socket and the HTTP/2 session on it, with TLS in between if configured.

#ifndef WEIR_SERVER_CONNECTION_H_
#define WEIR_SERVER_CONNECTION_H_

#include <optional>

#include "../transport/session.h"
#include "handles.h"
#include "tls_stream.h"

namespace weir::server {

class Loop;

class Connection final : public transport::SessionHost {
 public:
  // With `tls` its socket speaks TLS.
  Connection(Loop& loop, SocketKind kind, const TlsContext* tls);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Takes the connection that waits at a listener, and begins to read. False: it is gone already; it closes itself.
  bool Accept(uv_stream_t* listener);

  void OnOutput() override;

  // Writes what the session has to say, as far as the socket takes it; closes the connection that has nothing more to say.
  void Flush();

  // Cuts it. Streams that are open end.
  void Close();

  // Lets its streams end, and then closes it.
  void Drain();

  // Checks a connection on which nothing arrives.
  void KeepAlive(uint64_t now_ms);

  // Whether TLS is not agreed on yet.
  bool IsShakingHands() const { return tls_.has_value() && !tls_->IsOpen() && !is_finished_; }

  // The address of the peer of a TCP connection; empty when it is not known.
  std::string PeerAddress() const;

  bool IsClosing() const { return uv_is_closing(&socket_.handle) != 0; }
  transport::Session& session() { return session_; }

  // Whether it waits to be flushed; kept by the loop.
  bool is_dirty = false;

 private:
  void OnRead(ssize_t length, const uint8_t* bytes);
  void OnWritten(int status);
  // What came, as the session reads it.
  void Receive(transport::ByteView bytes);
  void ReceiveSealed(transport::ByteView sealed);
  // Puts into `out_` what the session, and TLS, have to say.
  void Fill();
  void FailHandshake(HandshakeResult result, const char* reason);
  // Writes `out_`. False: the rest waits for the socket, or it broke.
  bool WriteOut();
  void ReadOn();

  Loop& loop_;
  SocketHandle socket_{};
  uv_write_t write_{};
  std::optional<TlsStream> tls_;
  uint64_t accepted_ms_;
  transport::Session session_;
  transport::Bytes out_;
  transport::Bytes writing_;
  bool is_reading_ = false;
  bool is_writing_ = false;
  bool is_finished_ = false;  // It closes when everything is written.
};

}  // namespace weir::server

#endif  // WEIR_SERVER_CONNECTION_H_
