#include "connection.h"

#include <utility>

#include "loop.h"

namespace weir::server {
namespace {

// Most bytes in one write; the rest waits until the socket has taken them.
constexpr size_t kWriteBytesMax = 256 * 1024;

// Most bytes encrypted at once: a connection keeps a buffer of this size.
constexpr size_t kSealedBytesMax = 64 * 1024;

// Most bytes of the write buffer that are kept between two writes.
constexpr size_t kKeptBytesMax = 64 * 1024;

Connection& ConnectionOf(const void* handle) {
  return *static_cast<Connection*>(static_cast<const uv_handle_t*>(handle)->data);
}

uv_buf_t BufferOf(transport::ByteView bytes) {
  return uv_buf_init(const_cast<char*>(reinterpret_cast<const char*>(bytes.data())),
                     static_cast<unsigned>(bytes.size()));
}

}  // namespace

Connection::Connection(Loop& loop, SocketKind kind, const TlsContext* tls)
    : loop_(loop), accepted_ms_(loop.NowMs()), session_(loop.context(), *this, accepted_ms_) {
  if (tls != nullptr) tls_.emplace(*tls);
  InitSocket(loop.uv(), kind, socket_);
  socket_.handle.data = this;
}

bool Connection::Accept(uv_stream_t* listener) {
  if (uv_accept(listener, &socket_.stream) != 0) {
    Close();
    return false;
  }
  if (socket_.handle.type == UV_TCP) uv_tcp_nodelay(&socket_.tcp, 1);
  ReadOn();
  return true;
}

void Connection::OnOutput() { loop_.MarkDirty(*this); }

void Connection::ReadOn() {
  if (std::exchange(is_reading_, true)) return;
  uv_read_start(
      &socket_.stream, [](uv_handle_t* handle, size_t, uv_buf_t* buffer) { *buffer = ConnectionOf(handle).loop_.ReadBuffer(); },
      [](uv_stream_t* stream, ssize_t length, const uv_buf_t* buffer) {
        ConnectionOf(stream).OnRead(length, reinterpret_cast<const uint8_t*>(buffer->base));
      });
}

void Connection::OnRead(ssize_t length, const uint8_t* bytes) {
  if (length == 0) return;
  if (length < 0) {
    if (IsInHandshake()) loop_.OnHandshake(*this, HandshakeResult::kGone, uv_strerror(static_cast<int>(length)));
    Close();
  } else if (tls_.has_value()) {
    ReceiveSealed({bytes, static_cast<size_t>(length)});
  } else {
    Receive({bytes, static_cast<size_t>(length)});
  }
  // A connection that was closed has no window to give; it lives until the loop has closed its socket.
  loop_.Turn(length > 0 ? this : nullptr);
}

void Connection::Receive(transport::ByteView bytes) {
  is_finished_ = !session_.Receive(bytes, loop_.NowMs());
  loop_.MarkDirty(*this);
}

void Connection::ReceiveSealed(transport::ByteView sealed) {
  const bool was_open = tls_->IsOpen();
  transport::Bytes& plain = loop_.plain();
  const bool goes_on = tls_->Receive(sealed, plain);
  if (!was_open && tls_->IsOpen()) loop_.OnHandshake(*this, HandshakeResult::kOk, "");
  if (!goes_on && !tls_->IsOpen()) return FailHandshake(tls_->result(), tls_->reason());
  if (!plain.empty()) Receive(plain);
  // A peer that has sent close_notify is treated as one that has closed its socket.
  if (!goes_on) is_finished_ = true;
  loop_.MarkDirty(*this);
}

void Connection::FailHandshake(HandshakeResult result, const char* reason) {
  loop_.OnHandshake(*this, result, reason);
  is_finished_ = true;
  // The flush sends the alert to the peer.
  loop_.MarkDirty(*this);
}

void Connection::Fill() {
  if (!tls_.has_value()) return session_.Write(out_, kWriteBytesMax);
  if (tls_->IsOpen()) {
    transport::Bytes& plain = loop_.plain();
    session_.Write(plain, kSealedBytesMax);
    if (!tls_->Send(plain)) is_finished_ = true;
    if (plain.empty() && (is_finished_ || session_.IsOver())) tls_->End();
  }
  tls_->TakeOutput(out_);
}

void Connection::Flush() {
  while (!is_writing_ && !IsClosing()) {
    Fill();
    if (out_.empty()) {
      if (is_finished_ || (!IsInHandshake() && session_.IsOver())) Close();
      break;
    }
    if (!WriteOut()) break;
  }
  if (IsClosing()) return;
  // Nothing is read from a peer that does not read what it is sent, nor from one whose connection is being ended: if keepalive
  // finds it silent then, it is closed.
  const bool has_tls_backlog = tls_.has_value() && tls_->OutputBytes() > kSealedBytesMax;
  if (is_finished_ || (is_writing_ && (session_.IsBacklogged() || has_tls_backlog))) {
    uv_read_stop(&socket_.stream);
    is_reading_ = false;
  } else {
    ReadOn();
  }
}

bool Connection::WriteOut() {
  const uv_buf_t all = BufferOf(out_);
  const int written = uv_try_write(&socket_.stream, &all, 1);
  if (written < 0 && written != UV_EAGAIN) {
    Close();
    return false;
  }
  const size_t taken = written < 0 ? 0 : static_cast<size_t>(written);
  if (taken == out_.size()) {
    if (out_.capacity() > kKeptBytesMax) out_ = transport::Bytes();
    out_.clear();
    return true;
  }
  writing_.assign(out_.begin() + static_cast<ptrdiff_t>(taken), out_.end());
  out_ = transport::Bytes();
  write_.data = this;
  const uv_buf_t rest = BufferOf(writing_);
  is_writing_ = true;
  const int result = uv_write(&write_, &socket_.stream, &rest, 1, [](uv_write_t* write, int status) {
    static_cast<Connection*>(write->data)->OnWritten(status);
  });
  if (result == 0) return false;
  is_writing_ = false;
  Close();
  return false;
}

void Connection::OnWritten(int status) {
  is_writing_ = false;
  writing_ = transport::Bytes();
  if (IsClosing()) return;
  if (status != 0) Close();
  loop_.MarkDirty(*this);
  loop_.Turn(nullptr);
}

void Connection::Drain() {
  // There are no streams before the TLS handshake is done.
  if (IsInHandshake()) Close();
  session_.Drain();
}

void Connection::KeepAlive(uint64_t now_ms) {
  if (IsInHandshake()) {
    if (now_ms - accepted_ms_ < loop_.handshake_limits().ms_max) return;
    FailHandshake(HandshakeResult::kTimeout, "it took too long");
    Close();
  } else if (!session_.KeepAlive(now_ms)) {
    Close();
  }
}

std::string Connection::PeerAddress() const {
  sockaddr_storage address{};
  int length = sizeof(address);
  char text[INET6_ADDRSTRLEN] = "";
  if (socket_.handle.type != UV_TCP ||
      uv_tcp_getpeername(&socket_.tcp, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    return {};
  }
  uv_ip_name(reinterpret_cast<sockaddr*>(&address), text, sizeof(text));
  return text;
}

void Connection::Close() {
  if (IsClosing()) return;
  session_.Abandon();
  loop_.OnClosing(*this);
  uv_close(&socket_.handle, [](uv_handle_t* handle) {
    Connection& connection = ConnectionOf(handle);
    connection.loop_.OnClosed(connection);
  });
}

}  // namespace weir::server
