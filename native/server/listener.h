// One address that the server listens on.

#ifndef WEIR_SERVER_LISTENER_H_
#define WEIR_SERVER_LISTENER_H_

#include <string>

#include "handles.h"

namespace weir::server {

class Loop;

class Listener {
 public:
  Listener(Loop& loop, SocketKind kind);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Both return libuv's error code, or 0 on success. `host` is a numeric address; port 0 lets the system choose.
  int ListenTcp(const std::string& host, int port);
  int ListenPipe(const std::string& path);

  // The port of a TCP listener.
  int port() const;

  // Stops listening; removes the file of a Unix socket.
  void Close();

 private:
  int Listen();

  Loop& loop_;
  SocketKind kind_;
  SocketHandle socket_{};
};

}  // namespace weir::server

#endif  // WEIR_SERVER_LISTENER_H_
