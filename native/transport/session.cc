#include "session.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "response_fields.h"
#include "session_callbacks.h"

namespace weir::transport {
namespace {

// Replies, apart from bodies, that a peer may leave unread before nothing more is read from it.
constexpr size_t kBacklogFramesMax = 10'000;

// How long a peer has to reply to a ping, as in gRPC's keepalive.
constexpr uint64_t kPingAnswerMsMax = 20'000;

// The window of a connection: larger than one stream's, so that streams do not wait for each other.
constexpr int32_t kConnectionWindowBytes = 1 << 20;

// Payload of pings, which identifies their replies.
constexpr std::array<uint8_t, 8> kAlivePing{'a', 'l', 'i', 'v', 'e', 0, 0, 0};
constexpr std::array<uint8_t, 8> kDrainPing{'d', 'r', 'a', 'i', 'n', 0, 0, 0};

constexpr uint32_t kStatusUnimplemented = 12;
constexpr uint32_t kStatusInternal = 13;

}  // namespace

Session::Session(SessionContext& context, SessionHost& host, uint64_t now_ms)
    : context_(context),
      host_(host),
      empty_streams_(context.limits.empty_stream_burst, context.limits.empty_stream_rate, now_ms),
      now_ms_(now_ms),
      heard_ms_(now_ms) {
  h2_ = SessionCallbacks::CreateServer(*this, context.limits);
  const std::array<nghttp2_settings_entry, 2> settings{
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, context.limits.concurrent_streams_max},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, context.limits.header_list_bytes_max}};
  nghttp2_submit_settings(h2_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(h2_, NGHTTP2_FLAG_NONE, 0, kConnectionWindowBytes);
}

Session::~Session() {
  Abandon();
  nghttp2_session_del(h2_);
}

void Session::Abandon() {
  is_terminated_ = true;
  while (!streams_.empty()) OnClosed(streams_.begin()->first);
}

bool Session::Receive(ByteView bytes, uint64_t now_ms) {
  if (is_broken_) return false;
  now_ms_ = now_ms;
  heard_ms_ = now_ms;
  is_pinged_ = false;
  // After an error, nghttp2 may only be called for its output.
  is_broken_ = nghttp2_session_mem_recv(h2_, bytes.data(), bytes.size()) < 0;
  return !is_broken_;
}

void Session::UpdateWindows() {
  for (const int32_t id : std::exchange(touched_, {})) {
    Stream* const stream = Find(id);
    if (stream == nullptr) continue;
    stream->is_touched = false;
    if (!stream->is_paused || stream->has_ended) Consume(*stream);
  }
}

void Session::Write(Bytes& out, size_t bytes_max) {
  out_ = &out;
  out_bytes_max_ = bytes_max;
  while (out.size() < bytes_max) {
    const uint8_t* bytes = nullptr;
    const ssize_t length = nghttp2_session_mem_send(h2_, &bytes);
    if (length <= 0) break;
    out.insert(out.end(), bytes, bytes + length);
  }
  out_ = nullptr;
}

bool Session::IsBacklogged() const { return nghttp2_session_get_outbound_queue_size(h2_) > kBacklogFramesMax; }

bool Session::IsOver() const {
  return nghttp2_session_want_read(h2_) == 0 && nghttp2_session_want_write(h2_) == 0;
}

bool Session::KeepAlive(uint64_t now_ms) {
  if (is_pinged_) return now_ms - pinged_ms_ < kPingAnswerMsMax;
  if (now_ms - heard_ms_ < context_.limits.peer_silence_ms_max) return true;
  is_pinged_ = true;
  pinged_ms_ = now_ms;
  nghttp2_submit_ping(h2_, NGHTTP2_FLAG_NONE, kAlivePing.data());
  host_.OnOutput();
  return true;
}

void Session::Drain() {
  if (std::exchange(is_draining_, true)) return;
  nghttp2_submit_shutdown_notice(h2_);
  nghttp2_submit_ping(h2_, NGHTTP2_FLAG_NONE, kDrainPing.data());
  host_.OnOutput();
}

void Session::Terminate(uint32_t error_code) {
  if (std::exchange(is_terminated_, true)) return;
  nghttp2_session_terminate_session(h2_, error_code);
  host_.OnOutput();
}

void Session::OnPong(const uint8_t* opaque) {
  if (!is_draining_ || std::memcmp(opaque, kDrainPing.data(), kDrainPing.size()) != 0) return;
  // The peer has read the first GOAWAY, so all streams that it opened before are known.
  nghttp2_submit_goaway(h2_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(h2_), NGHTTP2_NO_ERROR, nullptr,
                        0);
}

Stream* Session::Find(int32_t stream_id) {
  const auto found = streams_.find(stream_id);
  return found == streams_.end() ? nullptr : found->second.get();
}

void Session::Open(Stream& stream) {
  const RequestHead& head = stream.head;
  stream.has_head = true;
  if (!head.IsGrpc()) return RefuseByStatus(stream, "415");
  if (!head.IsPost()) return RefuseByStatus(stream, "405");
  const auto method = head.MethodIn(context_.methods);
  if (!method.has_value()) return End(stream, {kStatusUnimplemented, "there is no such method"});
  // Without the deadline that the peer requested, the stream could stay open as long as the peer is connected. Same status as from
  // grpc-js.
  if (head.IsTimeoutMalformed()) return End(stream, {kStatusInternal, "the grpc-timeout cannot be read"});
  if (head.IsEncoded()) return End(stream, {kStatusUnimplemented, "compressed messages are not accepted"});
  context_.streams.Add(stream);
  context_.events.Add({EventKind::kOpen, stream.slot, *method, head.timeout_ms()});
}

void Session::OnData(Stream& stream, ByteView bytes) {
  stream.has_data = true;
  stream.unconsumed_bytes += bytes.size();
  if (!std::exchange(stream.is_touched, true)) touched_.push_back(stream.id);
  if (stream.has_ended || stream.slot == kNoSlot) return;
  stream.reader.Feed(bytes, stream.slot, context_.limits.receive_message_bytes_max, context_.events);
}

void Session::OnHalfClose(Stream& stream) {
  stream.is_half_closed = true;
  if (stream.has_ended || stream.slot == kNoSlot || stream.reader.IsStopped()) return;
  if (stream.reader.IsBetweenMessages()) {
    context_.events.Add({EventKind::kHalfClose, stream.slot});
  } else {
    context_.events.Add({EventKind::kViolation, stream.slot, static_cast<uint32_t>(Violation::kCutShort)});
  }
}

void Session::OnClosed(int32_t stream_id) {
  const auto found = streams_.find(stream_id);
  if (found == streams_.end()) return;
  Stream& stream = *found->second;
  if (stream.slot != kNoSlot) {
    context_.events.Add({EventKind::kClose, stream.slot});
    context_.streams.Forget(stream);
  }
  // Envoy writes the first message together with the headers: streams without a byte of data are opened only to be reset
  // (CVE-2023-44487). Streams that we reset for their headers do not count: some headers may come from a client (tracestate, for
  // example), and a client must not be able to end the connection that others share.
  const bool is_empty = stream.has_head && !stream.has_data;
  streams_.erase(found);
  if (is_empty && !empty_streams_.Take(now_ms_)) Terminate(NGHTTP2_ENHANCE_YOUR_CALM);
}

bool Session::Send(Stream& stream, ByteView message) {
  if (stream.has_ended) return false;
  stream.outbox.AddMessage(message);
  if (!std::exchange(stream.has_response, true)) {
    SubmitHead(h2_, stream.id, SessionCallbacks::DataOf(stream));
  } else {
    WakeWriter(stream);
  }
  host_.OnOutput();
  stream.is_full = stream.outbox.size() > context_.limits.unsent_bytes_max;
  return stream.is_full;
}

void Session::End(Stream& stream, Status status) {
  if (std::exchange(stream.has_ended, true)) return;
  stream.status = std::move(status);
  stream.reader.Stop();
  if (stream.has_response) {
    WakeWriter(stream);
  } else {
    SubmitStatus(h2_, stream);
  }
  host_.OnOutput();
  Consume(stream);
}

void Session::RefuseByStatus(Stream& stream, const char* http_status) {
  constexpr std::string_view kWhatItIs = "this is a gRPC server\n";
  stream.has_ended = true;
  stream.is_plain = true;
  stream.outbox.Add({reinterpret_cast<const uint8_t*>(kWhatItIs.data()), kWhatItIs.size()});
  SubmitRefusal(h2_, stream.id, http_status, SessionCallbacks::DataOf(stream));
}

void Session::Pause(Stream& stream) { stream.is_paused = true; }

void Session::Resume(Stream& stream) {
  stream.is_paused = false;
  // Bytes whose events are being handled now are consumed by UpdateWindows() afterwards.
  if (!stream.is_touched) Consume(stream);
}

void Session::Consume(Stream& stream) {
  const size_t bytes = std::exchange(stream.unconsumed_bytes, 0);
  if (bytes == 0) return;
  nghttp2_session_consume_stream(h2_, stream.id, bytes);
  host_.OnOutput();
}

void Session::WakeWriter(Stream& stream) {
  if (std::exchange(stream.is_deferred, false)) nghttp2_session_resume_data(h2_, stream.id);
}

ssize_t Session::NextData(Stream& stream, size_t bytes_max, uint32_t* flags) {
  const size_t length = std::min(stream.outbox.size(), bytes_max);
  if (length == 0 && !stream.has_ended) {
    stream.is_deferred = true;
    return NGHTTP2_ERR_DEFERRED;
  }
  if (stream.has_ended && length == stream.outbox.size()) {
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!stream.is_plain) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      SubmitStatus(h2_, stream);
    }
  }
  if (length > 0) *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  return static_cast<ssize_t>(length);
}

void Session::OnDataSent(Stream& stream, size_t bytes) {
  stream.outbox.Drop(bytes);
  if (stream.outbox.size() > context_.limits.unsent_bytes_max || !std::exchange(stream.is_full, false)) return;
  if (!stream.has_ended) context_.events.Add({EventKind::kWritable, stream.slot});
}

}  // namespace weir::transport
