// Owners of handles of Node's event loop (libuv): closing one takes an iteration of the loop, and its memory is freed after that.

#ifndef WEIR_SERVER_HANDLES_H_
#define WEIR_SERVER_HANDLES_H_

#include <uv.h>

namespace weir::server {

// A TCP or Unix socket, whichever kind it is opened as.
union SocketHandle {
  uv_handle_t handle;
  uv_stream_t stream;
  uv_tcp_t tcp;
  uv_pipe_t pipe;
};

enum class SocketKind { kTcp, kPipe };

inline int InitSocket(uv_loop_t* loop, SocketKind kind, SocketHandle& socket) {
  return kind == SocketKind::kTcp ? uv_tcp_init(loop, &socket.tcp) : uv_pipe_init(loop, &socket.pipe, 0);
}

}  // namespace weir::server

#endif  // WEIR_SERVER_HANDLES_H_
