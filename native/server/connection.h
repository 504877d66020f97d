// One accepted socket and the HTTP/2 session on it.

#ifndef WEIR_SERVER_CONNECTION_H_
#define WEIR_SERVER_CONNECTION_H_

#include "../transport/session.h"
#include "handles.h"

namespace weir::server {

class Loop;

class Connection final : public transport::SessionHost {
 public:
  Connection(Loop& loop, SocketKind kind);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Takes the connection that waits at a listener, and begins to read. False: it is gone already; it closes itself.
  bool Accept(uv_stream_t* listener);

  void OnOutput() override;

  // Writes what the session has to say, as far as the socket takes it; closes the connection that has nothing more to say.
  void Flush();

  // Cuts it. Streams that are open end.
  void Close();

  bool IsClosing() const { return uv_is_closing(&socket_.handle) != 0; }
  transport::Session& session() { return session_; }

  // Whether it waits to be flushed; kept by the loop.
  bool is_dirty = false;

 private:
  void OnRead(ssize_t length, const uint8_t* bytes);
  void OnWritten(int status);
  // Writes `out_`. False: the rest waits for the socket, or it broke.
  bool WriteOut();
  void ReadOn();

  Loop& loop_;
  SocketHandle socket_{};
  uv_write_t write_{};
  transport::Session session_;
  transport::Bytes out_;
  transport::Bytes writing_;
  bool is_reading_ = false;
  bool is_writing_ = false;
  bool is_finished_ = false;  // It closes when everything is written.
};

}  // namespace weir::server

#endif  // WEIR_SERVER_CONNECTION_H_
