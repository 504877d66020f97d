// The addon of the native transport: the functions that JavaScript calls. Contract: src/ext-proc/native-addon.ts.

#include <napi.h>

#include <stdexcept>
#include <string>

#include "server.h"

namespace weir::server {
namespace {

using transport::Stream;

// Raised with every change of the contract.
constexpr uint32_t kAbiVersion = 3;

// What JavaScript holds; empty after the server has been closed.
struct Holder {
  Server* server;
};

Holder& HolderOf(const Napi::CallbackInfo& info) { return *info[0].As<Napi::External<Holder>>().Data(); }

// The server of a call. Throws if it has been closed.
Server& ServerOf(const Napi::CallbackInfo& info) {
  Server* const server = HolderOf(info).server;
  if (server == nullptr) throw Napi::Error::New(info.Env(), "the server is closed");
  return *server;
}

// The stream of a call whose second argument is a slot. Null if it has ended, which is not an error.
Stream* StreamOf(const Napi::CallbackInfo& info) {
  Server* const server = HolderOf(info).server;
  return server == nullptr ? nullptr : server->Find(info[1].As<Napi::Number>().Uint32Value());
}

Napi::Error SystemError(Napi::Env env, int result) {
  Napi::Error error = Napi::Error::New(env, uv_strerror(result));
  error.Set("code", uv_err_name(result));
  return error;
}

transport::SessionLimits LimitsOf(const Napi::Object& given) {
  const auto number = [&](const char* name) { return given.Get(name).As<Napi::Number>().Uint32Value(); };
  return {.concurrent_streams_max = number("concurrentStreamsMax"),
          .receive_message_bytes_max = number("receiveMessageBytesMax"),
          .unsent_bytes_max = number("unsentBytesMax"),
          .header_list_bytes_max = number("streamHeaderBytesMax"),
          .stream_reset_burst = number("streamResetBurst"),
          .stream_reset_rate = number("streamResetRate"),
          .empty_stream_burst = number("emptyStreamBurst"),
          .empty_stream_rate = number("emptyStreamRate"),
          .peer_silence_ms_max = number("peerSilenceMsMax")};
}

HandshakeLimits HandshakeLimitsOf(const Napi::Object& given) {
  return {.ms_max = given.Get("tlsHandshakeMsMax").As<Napi::Number>().Uint32Value(),
          .count_max = given.Get("tlsHandshakesMax").As<Napi::Number>().Uint32Value()};
}

Napi::Value OpenServer(const Napi::CallbackInfo& info) {
  std::vector<std::string> methods;
  const auto given = info[1].As<Napi::Array>();
  for (uint32_t index = 0; index < given.Length(); ++index) {
    methods.push_back(given.Get(index).As<Napi::String>().Utf8Value());
  }
  const auto limits = info[0].As<Napi::Object>();
  Server* const server =
      Server::Open(info.Env(), {LimitsOf(limits), HandshakeLimitsOf(limits), std::move(methods)},
                   info[2].As<Napi::Uint32Array>(), info[3].As<Napi::Function>(), info[4].As<Napi::Function>());
  return Napi::External<Holder>::New(info.Env(), new Holder{server}, [](Napi::Env, Holder* holder) { delete holder; });
}

std::string_view TextOf(const Napi::Value& value) {
  if (value.IsUndefined()) return {};
  const auto bytes = value.As<Napi::Uint8Array>();
  return {reinterpret_cast<const char*>(bytes.Data()), bytes.ElementLength()};
}

Napi::Value MakeTls(const Napi::CallbackInfo& info) {
  std::unique_ptr<TlsContext> made;
  try {
    made = std::make_unique<TlsContext>(
        TlsMaterial{.certificate = TextOf(info[0]), .key = TextOf(info[1]), .client_authorities = TextOf(info[2])});
  } catch (const std::runtime_error& error) {
    throw Napi::Error::New(info.Env(), error.what());
  }
  return Napi::External<TlsContext>::New(info.Env(), made.release(), [](Napi::Env, TlsContext* tls) { delete tls; });
}

Napi::Value UseTls(const Napi::CallbackInfo& info) {
  ServerOf(info).loop().UseTls(*info[1].As<Napi::External<TlsContext>>().Data());
  return info.Env().Undefined();
}

Napi::Value ListenTcp(const Napi::CallbackInfo& info) {
  int port = 0;
  const int result = ServerOf(info).loop().ListenTcp(info[1].As<Napi::String>().Utf8Value(),
                                                     info[2].As<Napi::Number>().Int32Value(), port);
  if (result != 0) throw SystemError(info.Env(), result);
  return Napi::Number::New(info.Env(), port);
}

Napi::Value ListenPipe(const Napi::CallbackInfo& info) {
  const int result = ServerOf(info).loop().ListenPipe(info[1].As<Napi::String>().Utf8Value());
  if (result != 0) throw SystemError(info.Env(), result);
  return info.Env().Undefined();
}

Napi::Value CountConnections(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(ServerOf(info).loop().connection_count()));
}

Napi::Value Drain(const Napi::CallbackInfo& info) {
  ServerOf(info).loop().Drain();
  return info.Env().Undefined();
}

Napi::Value Cut(const Napi::CallbackInfo& info) {
  ServerOf(info).loop().Cut();
  return info.Env().Undefined();
}

Napi::Value CloseServer(const Napi::CallbackInfo& info) {
  Holder& holder = HolderOf(info);
  if (Server* const server = std::exchange(holder.server, nullptr)) server->Close();
  return info.Env().Undefined();
}

Napi::Value Send(const Napi::CallbackInfo& info) {
  Stream* const stream = StreamOf(info);
  const auto message = info[2].As<Napi::Uint8Array>();
  const bool is_full =
      stream != nullptr && stream->session->Send(*stream, {message.Data(), message.ElementLength()});
  return Napi::Boolean::New(info.Env(), is_full);
}

Napi::Value End(const Napi::CallbackInfo& info) {
  if (Stream* const stream = StreamOf(info)) {
    stream->session->End(*stream, {info[2].As<Napi::Number>().Uint32Value(), info[3].As<Napi::String>().Utf8Value()});
  }
  return info.Env().Undefined();
}

Napi::Value Pause(const Napi::CallbackInfo& info) {
  if (Stream* const stream = StreamOf(info)) stream->session->Pause(*stream);
  return info.Env().Undefined();
}

Napi::Value Resume(const Napi::CallbackInfo& info) {
  if (Stream* const stream = StreamOf(info)) stream->session->Resume(*stream);
  return info.Env().Undefined();
}

Napi::Value FindHeader(const Napi::CallbackInfo& info) {
  Server* const server = HolderOf(info).server;
  const transport::RequestHead* const head =
      server == nullptr ? nullptr : server->FindHead(info[1].As<Napi::Number>().Uint32Value());
  if (head == nullptr) return info.Env().Undefined();
  const auto value = head->Value(info[2].As<Napi::String>().Utf8Value());
  return value.has_value() ? Napi::String::New(info.Env(), value->data(), value->size()) : info.Env().Undefined();
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("abiVersion", kAbiVersion);
  exports.Set("openServer", Napi::Function::New<OpenServer>(env, "openServer"));
  exports.Set("makeTls", Napi::Function::New<MakeTls>(env, "makeTls"));
  exports.Set("useTls", Napi::Function::New<UseTls>(env, "useTls"));
  exports.Set("listenTcp", Napi::Function::New<ListenTcp>(env, "listenTcp"));
  exports.Set("listenPipe", Napi::Function::New<ListenPipe>(env, "listenPipe"));
  exports.Set("connectionCount", Napi::Function::New<CountConnections>(env, "connectionCount"));
  exports.Set("drain", Napi::Function::New<Drain>(env, "drain"));
  exports.Set("cut", Napi::Function::New<Cut>(env, "cut"));
  exports.Set("closeServer", Napi::Function::New<CloseServer>(env, "closeServer"));
  exports.Set("send", Napi::Function::New<Send>(env, "send"));
  exports.Set("end", Napi::Function::New<End>(env, "end"));
  exports.Set("pause", Napi::Function::New<Pause>(env, "pause"));
  exports.Set("resume", Napi::Function::New<Resume>(env, "resume"));
  exports.Set("header", Napi::Function::New<FindHeader>(env, "header"));
  return exports;
}

}  // namespace
}  // namespace weir::server

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) { return weir::server::Init(env, exports); }
NODE_API_MODULE(weir_transport, InitAddon)
