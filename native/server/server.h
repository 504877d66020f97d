// A server as JavaScript holds it: its loop, the function that is told of events, and the words that they are written to.

#ifndef WEIR_SERVER_SERVER_H_
#define WEIR_SERVER_SERVER_H_

#include <napi.h>

#include <span>
#include <string>
#include <vector>

#include "loop.h"
#include "slab.h"

namespace weir::server {

// Words of an event: kind, slot, and two that go with it.
inline constexpr size_t kEventWords = 4;

class Server {
 public:
  // `words` has room for some events. `on_events` is called with their number, the buffer that small messages lie in, and an array of
  // those that have buffers of their own; it must not throw.
  static Server* Open(Napi::Env env, transport::SessionLimits limits, std::vector<std::string> methods,
                      Napi::Uint32Array words, Napi::Function on_events);

  // Cuts everything and, once all of it is closed, deletes the server. Nothing is told any more.
  void Close();

  Loop& loop() { return loop_; }
  transport::Stream* Find(uint32_t slot) { return loop_.context().streams.Find(slot); }
  const transport::RequestHead* FindHead(uint32_t slot) { return loop_.context().streams.FindHead(slot); }

 private:
  Server(Napi::Env env, uv_loop_t* uv, transport::SessionLimits limits, std::vector<std::string> methods,
         Napi::Uint32Array words, Napi::Function on_events);
  ~Server();

  void Deliver(const transport::EventBatch& batch);
  void Call(uint32_t count, Napi::Value buffer, Napi::Value large);

  Napi::Env env_;
  Loop loop_;
  Slab slab_;
  Napi::FunctionReference on_events_;
  Napi::Reference<Napi::Uint32Array> words_holder_;
  std::span<uint32_t> words_;
  Napi::AsyncContext async_context_;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  bool is_closing_ = false;
};

}  // namespace weir::server

#endif  // WEIR_SERVER_SERVER_H_
