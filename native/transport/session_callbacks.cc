#include "session_callbacks.h"

#include <new>

namespace weir::transport {
namespace {

constexpr size_t kFrameHeadBytes = 9;

// Limit of frames that require a reply (PING, SETTINGS) and whose reply is still waiting because the peer does not read.
constexpr size_t kUnansweredFramesMax = 1000;

Session& SessionOf(void* user) { return *static_cast<Session*>(user); }

std::string_view Text(const uint8_t* bytes, size_t length) { return {reinterpret_cast<const char*>(bytes), length}; }

bool IsRequest(const nghttp2_frame& frame) {
  return frame.hd.type == NGHTTP2_HEADERS && frame.headers.cat == NGHTTP2_HCAT_REQUEST;
}

void Check(int result) {
  if (result != 0) throw std::bad_alloc();
}

}  // namespace

nghttp2_session* SessionCallbacks::CreateServer(Session& session, const SessionLimits& limits) {
  nghttp2_session_callbacks* callbacks = nullptr;
  Check(nghttp2_session_callbacks_new(&callbacks));
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, OnBeginHeaders);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, OnHeader);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, OnFrame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, OnDataChunk);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, OnStreamClose);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, OnFrameSent);
  nghttp2_session_callbacks_set_send_data_callback(callbacks, SendData);
  nghttp2_option* options = nullptr;
  Check(nghttp2_option_new(&options));
  nghttp2_option_set_no_auto_window_update(options, 1);
  nghttp2_option_set_max_outbound_ack(options, kUnansweredFramesMax);
  nghttp2_option_set_stream_reset_rate_limit(options, limits.stream_reset_burst, limits.stream_reset_rate);
  nghttp2_session* h2 = nullptr;
  const int result = nghttp2_session_server_new2(&h2, callbacks, &session, options);
  nghttp2_option_del(options);
  nghttp2_session_callbacks_del(callbacks);
  Check(result);
  return h2;
}

nghttp2_data_provider SessionCallbacks::DataOf(Stream& stream) {
  nghttp2_data_provider provider{};
  provider.source.ptr = &stream;
  provider.read_callback = ReadData;
  return provider;
}

int SessionCallbacks::OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  if (!IsRequest(*frame)) return 0;
  Session& session = SessionOf(user);
  const int32_t id = frame->hd.stream_id;
  session.streams_.emplace(id, std::make_unique<Stream>(session, id));
  return 0;
}

int SessionCallbacks::OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_length,
                               const uint8_t* value, size_t value_length, uint8_t, void* user) {
  Session& session = SessionOf(user);
  Stream* const stream = session.Find(frame->hd.stream_id);
  // Trailers are ignored: they contain nothing that is needed.
  if (stream == nullptr || !IsRequest(*frame)) return 0;
  const size_t bytes_max = session.context_.limits.header_list_bytes_max;
  const bool fits = stream->head.Add(Text(name, name_length), Text(value, value_length), bytes_max);
  return fits ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

int SessionCallbacks::OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  Session& session = SessionOf(user);
  if (frame->hd.type == NGHTTP2_PING && (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) {
    session.OnPong(frame->ping.opaque_data);
    return 0;
  }
  if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
  Stream* const stream = session.Find(frame->hd.stream_id);
  if (stream == nullptr) return 0;
  if (IsRequest(*frame)) session.Open(*stream);
  if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) session.OnHalfClose(*stream);
  return 0;
}

int SessionCallbacks::OnDataChunk(nghttp2_session*, uint8_t, int32_t stream_id, const uint8_t* data, size_t length,
                                  void* user) {
  Session& session = SessionOf(user);
  // The connection's window is given back at once, for the streams that are not paused; each stream has its own window.
  nghttp2_session_consume_connection(session.h2_, length);
  Stream* const stream = session.Find(stream_id);
  if (stream != nullptr) session.OnData(*stream, {data, length});
  return 0;
}

int SessionCallbacks::OnStreamClose(nghttp2_session*, int32_t stream_id, uint32_t, void* user) {
  SessionOf(user).OnClosed(stream_id);
  return 0;
}

int SessionCallbacks::OnFrameSent(nghttp2_session* h2, const nghttp2_frame* frame, void* user) {
  if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
  if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
  const Stream* const stream = SessionOf(user).Find(frame->hd.stream_id);
  // A stream that we have ended need not be read to its end (RFC 9113 §8.1).
  if (stream != nullptr && !stream->is_half_closed) {
    nghttp2_submit_rst_stream(h2, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_NO_ERROR);
  }
  return 0;
}

int SessionCallbacks::SendData(nghttp2_session*, nghttp2_frame*, const uint8_t* frame_head, size_t length,
                               nghttp2_data_source* source, void* user) {
  auto& stream = *static_cast<Stream*>(source->ptr);
  Session& session = SessionOf(user);
  Bytes& out = *session.out_;
  out.insert(out.end(), frame_head, frame_head + kFrameHeadBytes);
  const ByteView bytes = stream.outbox.Front(length);
  out.insert(out.end(), bytes.begin(), bytes.end());
  session.OnDataSent(stream, length);
  // Without a pause nghttp2 would continue with the DATA of all streams before it returns.
  return out.size() < session.out_bytes_max_ ? 0 : NGHTTP2_ERR_PAUSE;
}

ssize_t SessionCallbacks::ReadData(nghttp2_session*, int32_t, uint8_t*, size_t length, uint32_t* flags,
                                   nghttp2_data_source* source, void* user) {
  return SessionOf(user).NextData(*static_cast<Stream*>(source->ptr), length, flags);
}

}  // namespace weir::transport
