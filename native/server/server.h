// A server as JavaScript holds it: its loop, the function that is called with events, and the array of words that they are written
// to.

#ifndef WEIR_SERVER_SERVER_H_
#define WEIR_SERVER_SERVER_H_

#include <napi.h>

#include <span>
#include <string>
#include <vector>

#include "loop.h"
#include "slab.h"

namespace weir::server {

// Words per event: kind, slot, and two values that depend on the kind.
inline constexpr size_t kEventWords = 4;

class Server {
 public:
  // The options that a server is opened with.
  struct Options {
    transport::SessionLimits limits;
    HandshakeLimits handshake_limits;
    std::vector<std::string> methods;
  };

  // `words` has room for some events. `on_events` is called with their number, the buffer that holds small messages, and an array
  // of the messages that have buffers of their own; `on_handshake` with the result of a TLS handshake, its reason and the peer's
  // address. Neither must throw.
  static Server* Open(Napi::Env env, Options options, Napi::Uint32Array words, Napi::Function on_events,
                      Napi::Function on_handshake);

  // Closes all connections at once and, when everything is closed, deletes the server. Nothing is reported after this call.
  void Close();

  Loop& loop() { return loop_; }
  transport::Stream* Find(uint32_t slot) { return loop_.context().streams.Find(slot); }
  const transport::RequestHead* FindHead(uint32_t slot) { return loop_.context().streams.FindHead(slot); }

 private:
  Server(Napi::Env env, uv_loop_t* uv, Options options, Napi::Uint32Array words, Napi::Function on_events,
         Napi::Function on_handshake);
  ~Server();

  void Deliver(const transport::EventBatch& batch);
  void ReportHandshake(HandshakeResult result, const char* reason, const std::string& address);
  void Call(const Napi::FunctionReference& function, std::initializer_list<napi_value> arguments);

  Napi::Env env_;
  Loop loop_;
  Slab slab_;
  Napi::FunctionReference on_events_;
  Napi::FunctionReference on_handshake_;
  Napi::Reference<Napi::Uint32Array> words_holder_;
  std::span<uint32_t> words_;
  Napi::AsyncContext async_context_;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  bool is_closing_ = false;
};

}  // namespace weir::server

#endif  // WEIR_SERVER_SERVER_H_
