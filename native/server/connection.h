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
  // With `tls`, the connection uses TLS.
  Connection(Loop& loop, SocketKind kind, const TlsContext* tls);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Accepts the connection that is waiting at a listener and begins to read. False: it is already gone; it closes itself.
  bool Accept(uv_stream_t* listener);

  void OnOutput() override;

  // Writes the session's output, as much as the socket takes; closes the connection when it is over and everything is written.
  void Flush();

  // Closes the connection at once. Open streams end.
  void Close();

  // Lets the open streams finish, then closes the connection.
  void Drain();

  // Checks a connection on which nothing arrives: ends an overdue handshake, pings a silent peer.
  void KeepAlive(uint64_t now_ms);

  // Whether the TLS handshake is still under way.
  bool IsInHandshake() const { return tls_.has_value() && !tls_->IsOpen() && !is_finished_; }

  // The address of the peer of a TCP connection; empty when it is not known.
  std::string PeerAddress() const;

  bool IsClosing() const { return uv_is_closing(&socket_.handle) != 0; }
  transport::Session& session() { return session_; }

  // Whether it is waiting to be flushed; set by the loop.
  bool is_dirty = false;

 private:
  void OnRead(ssize_t length, const uint8_t* bytes);
  void OnWritten(int status);
  // Passes received bytes to the session.
  void Receive(transport::ByteView bytes);
  void ReceiveSealed(transport::ByteView sealed);
  // Appends the output of the session, and of TLS, to `out_`.
  void Fill();
  void FailHandshake(HandshakeResult result, const char* reason);
  // Writes `out_`. False: the rest waits for the socket, or the socket failed.
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
  bool is_finished_ = false;  // It closes when all output has been written.
};

}  // namespace weir::server

#endif  // WEIR_SERVER_CONNECTION_H_
