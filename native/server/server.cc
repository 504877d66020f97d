#include "server.h"

#include <algorithm>
#include <utility>

namespace weir::server {

Server* Server::Open(Napi::Env env, Options options, Napi::Uint32Array words, Napi::Function on_events,
                     Napi::Function on_handshake) {
  uv_loop_s* uv = nullptr;
  if (napi_get_uv_event_loop(env, &uv) != napi_ok) throw Napi::Error::New(env, "this thread has no event loop");
  auto* const server = new Server(env, uv, std::move(options), words, on_events, on_handshake);
  // A thread that ends waits until the server's sockets are closed.
  napi_add_async_cleanup_hook(
      env, [](napi_async_cleanup_hook_handle, void* self) { static_cast<Server*>(self)->Close(); }, server,
      &server->hook_);
  return server;
}

Server::Server(Napi::Env env, uv_loop_t* uv, Options options, Napi::Uint32Array words, Napi::Function on_events,
               Napi::Function on_handshake)
    : env_(env),
      loop_(uv, options.limits, options.handshake_limits, std::move(options.methods),
            [this](const transport::EventBatch& batch) { Deliver(batch); },
            [this](HandshakeResult result, const char* reason, const std::string& address) {
              ReportHandshake(result, reason, address);
            }),
      on_events_(Napi::Persistent(on_events)),
      on_handshake_(Napi::Persistent(on_handshake)),
      words_holder_(Napi::Persistent(words)),
      words_(words.Data(), words.ElementLength()),
      async_context_(env, "weir.transport") {}

Server::~Server() = default;

void Server::Close() {
  if (std::exchange(is_closing_, true)) return;
  loop_.Close([this] {
    const napi_async_cleanup_hook_handle hook = hook_;
    const Napi::HandleScope scope(env_);
    delete this;
    napi_remove_async_cleanup_hook(hook);
  });
}

void Server::Deliver(const transport::EventBatch& batch) {
  if (is_closing_) return;
  const Napi::HandleScope scope(env_);
  const auto [buffer, base] = slab_.Put(env_, batch.bytes());
  Napi::Value large = env_.Undefined();
  if (!batch.large().empty()) {
    const auto list = Napi::Array::New(env_, batch.large().size());
    uint32_t index = 0;
    for (const transport::Bytes& message : batch.large()) {
      list.Set(index++, Napi::Buffer<uint8_t>::Copy(env_, message.data(), message.size()));
    }
    large = list;
  }
  size_t at = 0;
  for (const transport::Event& event : batch.events()) {
    words_[at++] = static_cast<uint32_t>(event.kind);
    words_[at++] = event.slot;
    words_[at++] = event.first + (event.kind == transport::EventKind::kMessage ? base : 0);
    words_[at++] = event.second;
    if (words_.size() - at >= kEventWords) continue;
    Call(on_events_, {Napi::Number::New(env_, static_cast<double>(at / kEventWords)), buffer, large});
    at = 0;
  }
  if (at > 0) Call(on_events_, {Napi::Number::New(env_, static_cast<double>(at / kEventWords)), buffer, large});
}

void Server::ReportHandshake(HandshakeResult result, const char* reason, const std::string& address) {
  const Napi::HandleScope scope(env_);
  Call(on_handshake_, {Napi::Number::New(env_, static_cast<double>(result)), Napi::String::New(env_, reason),
                       Napi::String::New(env_, address)});
}

void Server::Call(const Napi::FunctionReference& function, std::initializer_list<napi_value> arguments) {
  if (is_closing_) return;
  try {
    function.MakeCallback(env_.Global(), arguments, async_context_);
  } catch (const Napi::Error& error) {
    // Reported as an uncaught exception; errors in handling a stream are caught in JavaScript.
    napi_fatal_exception(env_, error.Value());
  }
}

}  // namespace weir::server
