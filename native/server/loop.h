// The sockets of one server on Node's event loop: which are connected, which have something to write, and when JavaScript is called
// with events: once for each read of a socket. Knows no JavaScript.

#ifndef WEIR_SERVER_LOOP_H_
#define WEIR_SERVER_LOOP_H_

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "connection.h"
#include "listener.h"

namespace weir::server {

// Limits of handshakes. Names and values are those of src/base/limits.ts.
struct HandshakeLimits {
  uint64_t ms_max;
  size_t count_max;  // Handshakes under way.
};

class Loop {
 public:
  // Called with a batch of events. May call any function of sessions; what they send is written afterwards.
  using Deliver = std::function<void(const transport::EventBatch&)>;

  // Called when a handshake has ended, with its result, the reason and the peer's address. Must not call back into this class.
  using OnHandshakeEnd = std::function<void(HandshakeResult, const char*, const std::string&)>;

  Loop(uv_loop_t* uv, transport::SessionLimits limits, HandshakeLimits handshake_limits, std::vector<std::string> methods,
       Deliver deliver, OnHandshakeEnd on_handshake_end);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Both start to listen. They return libuv's error code, or 0 on success.
  int ListenTcp(const std::string& host, int port, int& chosen_port);
  int ListenPipe(const std::string& path);

  // TCP connections that are accepted from now on use TLS with this context.
  void UseTls(const TlsContext& tls) { tls_ = tls; }

  size_t connection_count() const { return connections_.size(); }

  // Stops listening, and lets no peer open new streams; a connection without streams closes.
  void Drain();
  // Closes all connections at once.
  void Cut();
  // Closes everything. `on_closed` is called when no handle is left and this object may be deleted.
  void Close(std::function<void()> on_closed);

  // For its connections and listeners.
  uv_loop_t* uv() { return uv_; }
  transport::SessionContext& context() { return context_; }
  uint64_t NowMs() const { return uv_now(uv_); }
  uv_buf_t ReadBuffer();
  // An empty buffer, for one connection at a time.
  transport::Bytes& plain();
  const HandshakeLimits& handshake_limits() const { return handshake_limits_; }
  void OnHandshake(const Connection& connection, HandshakeResult result, const char* reason);
  void Accept(uv_stream_t* listener, SocketKind kind);
  void OnClosing(Connection& connection);
  void OnClosing(Listener& listener);
  void OnClosed(Connection& connection);
  void OnClosed(Listener& listener);

  // The connection will be flushed before the loop waits again.
  void MarkDirty(Connection& connection);
  // Delivers the events, then flushes the connections that have output. `reader` is the connection that has just read, or null.
  void Turn(Connection* reader);

 private:
  void Flush();
  void DeliverAll();
  void KeepAlive();
  void OnHandleClosed();
  size_t CountHandshakes() const;

  static constexpr size_t kReadBytesMax = 64 * 1024;

  uv_loop_t* uv_;
  uv_prepare_t prepare_{};
  uv_timer_t timer_{};
  transport::SessionContext context_;
  HandshakeLimits handshake_limits_;
  Deliver deliver_;
  OnHandshakeEnd on_handshake_end_;
  std::optional<TlsContext> tls_;
  std::vector<Connection*> connections_;
  std::vector<Listener*> listeners_;
  std::vector<Connection*> dirty_;
  transport::EventBatch delivered_;
  std::array<char, kReadBytesMax> read_buffer_;
  transport::Bytes plain_;
  size_t open_handles_ = 0;
  bool is_in_turn_ = false;
  bool is_closing_ = false;
  std::function<void()> on_closed_;
};

}  // namespace weir::server

#endif  // WEIR_SERVER_LOOP_H_
