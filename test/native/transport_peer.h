// A gRPC client in memory: nghttp2's other side, connected to a session of ours without a socket.

#ifndef WEIR_TEST_NATIVE_TRANSPORT_PEER_H_
#define WEIR_TEST_NATIVE_TRANSPORT_PEER_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../../native/transport/session.h"
#include "harness.h"

namespace weir_test {

using weir::transport::ByteView;
using weir::transport::Bytes;
using weir::transport::Event;
using weir::transport::EventKind;

inline const std::string kMethod = "/a.B/C";

inline weir::transport::SessionLimits TransportLimits() {
  return {.concurrent_streams_max = 100,
          .receive_message_bytes_max = 100'000,
          .unsent_bytes_max = 1'000,
          .header_list_bytes_max = 4'096,
          .stream_reset_burst = 1'000,
          .stream_reset_rate = 1'000,
          .empty_stream_burst = 10,
          .empty_stream_rate = 1,
          .peer_silence_ms_max = 60'000};
}

inline ByteView View(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

// A message with its prefix.
inline std::string Framed(std::string_view message, char flags = 0) {
  const auto length = static_cast<uint32_t>(message.size());
  std::string framed{flags, static_cast<char>(length >> 24), static_cast<char>(length >> 16),
                     static_cast<char>(length >> 8), static_cast<char>(length)};
  return framed.append(message);
}

// One connection: the server's session and a client's, with what both saw.
class Pair final : public weir::transport::SessionHost {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  explicit Pair(weir::transport::SessionLimits limits = TransportLimits())
      : context{limits, {kMethod}, {}, {}}, server(context, *this, 0) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, OnHeader);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, OnData);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, OnClose);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, OnFrame);
    nghttp2_session_client_new(&client, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(client, NGHTTP2_FLAG_NONE, nullptr, 0);
  }
  ~Pair() { nghttp2_session_del(client); }

  void OnOutput() override { ++outputs; }

  static Headers Request(Headers more = {}) {
    Headers headers{{":method", "POST"}, {":scheme", "http"}, {":path", kMethod}, {":authority", "x"}};
    headers.emplace_back("content-type", "application/grpc");
    for (auto& field : more) headers.push_back(std::move(field));
    return headers;
  }

  // Opens a stream. It is open until `Finish`.
  int32_t Open(const Headers& headers = Request()) {
    std::vector<nghttp2_nv> fields;
    for (const auto& [name, value] : headers) {
      fields.push_back({reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
                        reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(), 0});
    }
    nghttp2_data_provider provider{};
    provider.source.ptr = this;
    provider.read_callback = ReadData;
    return nghttp2_submit_request(client, nullptr, fields.data(), fields.size(), &provider, nullptr);
  }
  void Data(int32_t id, std::string_view bytes) {
    unsent[id].append(bytes);
    nghttp2_session_resume_data(client, id);
  }
  void Finish(int32_t id) {
    finished[id] = true;
    nghttp2_session_resume_data(client, id);
  }

  // Passes bytes both ways until neither has any, in pieces of at most `piece`. `between` does what the server's user would do
  // in between.
  template <typename Between>
  bool Run(Between between, size_t piece = 1 << 20) {
    bool is_alive = true;
    for (bool went = true; went && is_alive;) {
      went = false;
      const uint8_t* bytes = nullptr;
      while (const ssize_t length = nghttp2_session_mem_send(client, &bytes)) {
        if (length < 0) break;
        went = true;
        const Exact sent(std::string_view(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length)));
        for (size_t at = 0; at < sent.view().size() && is_alive; at += piece) {
          is_alive = server.Receive(sent.view().subspan(at, std::min(piece, sent.view().size() - at)), now_ms);
          Take(between);
        }
      }
      Bytes out;
      server.Write(out, 1 << 20);
      Take(between);
      if (out.empty()) continue;
      went = true;
      nghttp2_session_mem_recv(client, out.data(), out.size());
    }
    return is_alive;
  }
  bool Run(size_t piece = 1 << 20) { return Run([](const Event&) {}, piece); }

  // Messages of a slot, as text, and what else happened, in order.
  std::vector<std::string> seen;
  std::map<int32_t, std::map<std::string, std::string>> headers;
  std::map<int32_t, std::string> received;
  std::map<int32_t, uint32_t> closed;
  std::vector<std::pair<uint32_t, int32_t>> goaways;
  uint64_t now_ms = 0;
  int outputs = 0;

  weir::transport::SessionContext context;
  weir::transport::Session server;
  nghttp2_session* client = nullptr;
  std::map<int32_t, std::string> unsent;
  std::map<int32_t, bool> finished;

 private:
  template <typename Between>
  void Take(Between between) {
    weir::transport::EventBatch batch;
    std::swap(batch, context.events);
    for (const Event& event : batch.events()) {
      // How often depends on how the bytes are cut.
      if (event.kind != EventKind::kUnfinished) seen.push_back(Say(event, batch));
      between(event);
      if (event.kind == EventKind::kClose) context.streams.Free(event.slot);
    }
    server.UpdateWindows();
  }

  static std::string Say(const Event& event, const weir::transport::EventBatch& batch) {
    const auto text = [](ByteView bytes) { return std::string(bytes.begin(), bytes.end()); };
    switch (event.kind) {
      case EventKind::kOpen:
        return "open " + std::to_string(event.first) + " " + std::to_string(event.second);
      case EventKind::kMessage:
        return "message " + text(batch.bytes().subspan(event.first, event.second));
      case EventKind::kLargeMessage:
        return "large " + std::to_string(batch.large()[event.first].size());
      case EventKind::kHalfClose:
        return "half-close";
      case EventKind::kViolation:
        return "violation " + std::to_string(event.first) + " " + std::to_string(event.second);
      case EventKind::kWritable:
        return "writable";
      case EventKind::kClose:
        return "close";
      case EventKind::kUnfinished:
        return "unfinished " + std::to_string(event.first);
    }
    return "?";
  }

  static Pair& Of(void* user) { return *static_cast<Pair*>(user); }
  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_length,
                      const uint8_t* value, size_t value_length, uint8_t, void* user) {
    Of(user).headers[frame->hd.stream_id][std::string(name, name + name_length)] =
        std::string(value, value + value_length);
    return 0;
  }
  static int OnData(nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t length, void* user) {
    Of(user).received[id].append(data, data + length);
    return 0;
  }
  static int OnClose(nghttp2_session*, int32_t id, uint32_t error_code, void* user) {
    Of(user).closed[id] = error_code;
    return 0;
  }
  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_GOAWAY) {
      Of(user).goaways.emplace_back(frame->goaway.error_code, frame->goaway.last_stream_id);
    }
    return 0;
  }
  static ssize_t ReadData(nghttp2_session*, int32_t id, uint8_t* buffer, size_t length, uint32_t* flags,
                          nghttp2_data_source* source, void*) {
    auto& pair = *static_cast<Pair*>(source->ptr);
    std::string& bytes = pair.unsent[id];
    const size_t taken = std::min(length, bytes.size());
    if (taken == bytes.size() && pair.finished[id]) *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (taken == 0 && !pair.finished[id]) return NGHTTP2_ERR_DEFERRED;
    std::copy_n(bytes.begin(), taken, buffer);
    bytes.erase(0, taken);
    return static_cast<ssize_t>(taken);
  }
};

}  // namespace weir_test

#endif  // WEIR_TEST_NATIVE_TRANSPORT_PEER_H_
