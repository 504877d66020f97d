// One address that is listened on.

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

  // Both return libuv's error code, 0 when it listens. `host` is a numeric address; port 0 lets the system
  // choose.
  int ListenTcp(const std::string& host, int port);
  int ListenPipe(const std::string& path);

  // The port that a TCP listener has.
  int port() const;

  // Listens no more; the file of a Unix socket is removed.
  void Close();

 private:
  int Listen();

  Loop& loop_;
  SocketKind kind_;
  SocketHandle socket_{};
};

}  // namespace weir::server

#endif  // WEIR_SERVER_LISTENER_H_
