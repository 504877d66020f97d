#include "loop.h"

#include <algorithm>
#include <utility>

namespace weir::server {
namespace {

// How often silent connections are checked.
constexpr uint64_t kKeepAliveTickMs = 1000;

Loop& LoopOf(const void* handle) { return *static_cast<Loop*>(static_cast<const uv_handle_t*>(handle)->data); }

template <typename Member>
void Remove(std::vector<Member*>& members, Member& gone) {
  members.erase(std::remove(members.begin(), members.end(), &gone), members.end());
}

}  // namespace

Loop::Loop(uv_loop_t* uv, transport::SessionLimits limits, HandshakeLimits handshake_limits,
           std::vector<std::string> methods, Deliver deliver, OnHandshakeEnd on_handshake_end)
    : uv_(uv),
      context_{limits, std::move(methods), {}, {}},
      handshake_limits_(handshake_limits),
      deliver_(std::move(deliver)),
      on_handshake_end_(std::move(on_handshake_end)) {
  uv_prepare_init(uv, &prepare_);
  uv_timer_init(uv, &timer_);
  prepare_.data = this;
  timer_.data = this;
  uv_timer_start(&timer_, [](uv_timer_t* timer) { LoopOf(timer).KeepAlive(); }, kKeepAliveTickMs, kKeepAliveTickMs);
  uv_unref(reinterpret_cast<uv_handle_t*>(&prepare_));
  uv_unref(reinterpret_cast<uv_handle_t*>(&timer_));
  open_handles_ = 2;
}

int Loop::ListenTcp(const std::string& host, int port, int& chosen_port) {
  auto* const listener = new Listener(*this, SocketKind::kTcp);
  listeners_.push_back(listener);
  ++open_handles_;
  const int result = listener->ListenTcp(host, port);
  if (result != 0) listener->Close();
  chosen_port = listener->port();
  return result;
}

int Loop::ListenPipe(const std::string& path) {
  auto* const listener = new Listener(*this, SocketKind::kPipe);
  listeners_.push_back(listener);
  ++open_handles_;
  const int result = listener->ListenPipe(path);
  if (result != 0) listener->Close();
  return result;
}

void Loop::Drain() {
  for (Listener* const listener : std::vector(listeners_)) listener->Close();
  for (Connection* const connection : std::vector(connections_)) connection->Drain();
}

void Loop::Cut() {
  for (Connection* const connection : std::vector(connections_)) connection->Close();
  // The ends of its streams are reported in the next iteration.
  if (!is_in_turn_) uv_prepare_start(&prepare_, [](uv_prepare_t* prepare) { LoopOf(prepare).Turn(nullptr); });
}

void Loop::Close(std::function<void()> on_closed) {
  if (std::exchange(is_closing_, true)) return;
  on_closed_ = std::move(on_closed);
  for (Listener* const listener : std::vector(listeners_)) listener->Close();
  for (Connection* const connection : std::vector(connections_)) connection->Close();
  for (auto* const handle : {reinterpret_cast<uv_handle_t*>(&prepare_), reinterpret_cast<uv_handle_t*>(&timer_)}) {
    uv_close(handle, [](uv_handle_t* closed) { LoopOf(closed).OnHandleClosed(); });
  }
}

uv_buf_t Loop::ReadBuffer() { return uv_buf_init(read_buffer_.data(), static_cast<unsigned>(read_buffer_.size())); }

transport::Bytes& Loop::plain() {
  plain_.clear();
  return plain_;
}

size_t Loop::CountHandshakes() const {
  return static_cast<size_t>(
      std::count_if(connections_.begin(), connections_.end(), [](const auto* one) { return one->IsInHandshake(); }));
}

void Loop::OnHandshake(const Connection& connection, HandshakeResult result, const char* reason) {
  if (!is_closing_) on_handshake_end_(result, reason, connection.PeerAddress());
}

void Loop::Accept(uv_stream_t* listener, SocketKind kind) {
  const TlsContext* const tls = kind == SocketKind::kTcp && tls_.has_value() ? &*tls_ : nullptr;
  const bool is_too_many = tls != nullptr && CountHandshakes() >= handshake_limits_.count_max;
  auto* const connection = new Connection(*this, kind, tls);
  connections_.push_back(connection);
  ++open_handles_;
  if (!connection->Accept(listener)) return;
  if (is_too_many) {
    OnHandshake(*connection, HandshakeResult::kTooMany, "too many are under way");
    return connection->Close();
  }
  MarkDirty(*connection);
}

void Loop::OnClosing(Connection& connection) { Remove(connections_, connection); }

void Loop::OnClosing(Listener& listener) { Remove(listeners_, listener); }

void Loop::OnClosed(Connection& connection) {
  Remove(dirty_, connection);
  delete &connection;
  OnHandleClosed();
}

void Loop::OnClosed(Listener& listener) {
  delete &listener;
  OnHandleClosed();
}

void Loop::OnHandleClosed() {
  if (--open_handles_ == 0 && on_closed_ != nullptr) std::exchange(on_closed_, nullptr)();
}

void Loop::MarkDirty(Connection& connection) {
  if (!std::exchange(connection.is_dirty, true)) dirty_.push_back(&connection);
  if (is_in_turn_ || is_closing_) return;
  uv_prepare_start(&prepare_, [](uv_prepare_t* prepare) { LoopOf(prepare).Turn(nullptr); });
}

void Loop::Turn(Connection* reader) {
  uv_prepare_stop(&prepare_);
  is_in_turn_ = true;
  DeliverAll();
  if (reader != nullptr) reader->session().UpdateWindows();
  Flush();
  while (!context_.events.empty()) {
    DeliverAll();
    Flush();
  }
  is_in_turn_ = false;
}

void Loop::DeliverAll() {
  if (context_.events.empty()) return;
  std::swap(delivered_, context_.events);
  deliver_(delivered_);
  for (const transport::Event& event : delivered_.events()) {
    if (event.kind == transport::EventKind::kClose) context_.streams.Free(event.slot);
  }
  delivered_.Clear();
}

void Loop::Flush() {
  for (Connection* const connection : std::exchange(dirty_, {})) {
    connection->is_dirty = false;
    connection->Flush();
  }
}

void Loop::KeepAlive() {
  for (Connection* const connection : std::vector(connections_)) {
    connection->KeepAlive(NowMs());
  }
  Turn(nullptr);
}

}  // namespace weir::server
