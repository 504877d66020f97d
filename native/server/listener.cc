#include "listener.h"

#include "loop.h"

namespace weir::server {
namespace {

// Connections that may wait to be accepted; the same number as in Node.
constexpr int kBacklog = 511;

constexpr int kLargestAddressBytes = sizeof(sockaddr_storage);

}  // namespace

Listener::Listener(Loop& loop, SocketKind kind) : loop_(loop), kind_(kind) {
  InitSocket(loop.uv(), kind, socket_);
  socket_.handle.data = this;
}

int Listener::ListenTcp(const std::string& host, int port) {
  sockaddr_storage address{};
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  int result = uv_ip4_addr(host.c_str(), port, reinterpret_cast<sockaddr_in*>(&address));
  if (result != 0) result = uv_ip6_addr(host.c_str(), port, reinterpret_cast<sockaddr_in6*>(&address));
  if (result != 0) return result;
  result = uv_tcp_bind(&socket_.tcp, any, 0);
  return result != 0 ? result : Listen();
}

int Listener::ListenPipe(const std::string& path) {
  const int result = uv_pipe_bind(&socket_.pipe, path.c_str());
  return result != 0 ? result : Listen();
}

int Listener::Listen() {
  return uv_listen(&socket_.stream, kBacklog, [](uv_stream_t* stream, int status) {
    if (status != 0) return;
    auto& listener = *static_cast<Listener*>(stream->data);
    listener.loop_.Accept(stream, listener.kind_);
  });
}

int Listener::port() const {
  sockaddr_storage address{};
  int length = kLargestAddressBytes;
  if (uv_tcp_getsockname(&socket_.tcp, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  return address.ss_family == AF_INET6 ? ntohs(reinterpret_cast<sockaddr_in6*>(&address)->sin6_port)
                                       : ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

void Listener::Close() {
  if (uv_is_closing(&socket_.handle) != 0) return;
  loop_.OnClosing(*this);
  uv_close(&socket_.handle, [](uv_handle_t* handle) {
    auto& listener = *static_cast<Listener*>(handle->data);
    listener.loop_.OnClosed(listener);
  });
}

}  // namespace weir::server
