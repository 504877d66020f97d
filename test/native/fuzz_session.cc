#include <algorithm>
#include <set>

#include "fuzz.h"
#include "transport_peer.h"

namespace {

using namespace weir::transport;

// A client's first bytes, and two streams.
const std::string& Opening() {
  static const std::string opening = [] {
    weir_test::Pair pair;
    pair.Open();
    pair.Open(weir_test::Pair::Request({{"x-a", "b"}}));
    std::string bytes;
    const uint8_t* sent = nullptr;
    while (const ssize_t length = nghttp2_session_mem_send(pair.client, &sent)) {
      bytes.append(sent, sent + length);
    }
    return bytes;
  }();
  return opening;
}

// A server that echoes each message, and the events that it got.
class Echo final : public SessionHost {
 public:
  Echo() : context_{weir_test::TransportLimits(), {weir_test::kMethod}, {}, {}}, session_(context_, *this, 0) {}

  void OnOutput() override {}

  bool Receive(ByteView bytes) {
    const bool is_alive = session_.Receive(weir_test::Exact({reinterpret_cast<const char*>(bytes.data()), bytes.size()}).view(), 0);
    Take();
    session_.UpdateWindows();
    Bytes out;
    session_.Write(out, 1 << 20);
    Take();
    return is_alive && !session_.IsOver();
  }

  // Everything is over: every stream that began has ended.
  std::string Finish() {
    session_.Abandon();
    Take();
    if (!open_.empty()) FuzzFound("a stream did not end");
    return told_;
  }

 private:
  void Take() {
    EventBatch batch;
    std::swap(batch, context_.events);
    for (const Event& event : batch.events()) {
      const bool is_open = open_.contains(event.slot);
      if (is_open == (event.kind == EventKind::kOpen)) FuzzFound("a stream begins twice, or is told of after its end");
      if (event.kind == EventKind::kOpen) open_.insert(event.slot);
      if (event.kind == EventKind::kClose) open_.erase(event.slot);
      Stream* const stream = context_.streams.Find(event.slot);
      ByteView message;
      if (event.kind == EventKind::kMessage) message = batch.bytes().subspan(event.first, event.second);
      if (event.kind == EventKind::kLargeMessage) message = batch.large()[event.first];
      if (event.kind != EventKind::kClose && event.kind != EventKind::kWritable) {
        told_ += std::to_string(static_cast<uint32_t>(event.kind)) + '@' + std::to_string(event.slot) + ':';
        told_.append(message.begin(), message.end()).append(1, '\n');
      }
      if (stream != nullptr && event.kind == EventKind::kMessage) stream->session->Send(*stream, message);
      if (stream != nullptr && event.kind == EventKind::kHalfClose) stream->session->End(*stream, {0, ""});
      if (stream != nullptr && event.kind == EventKind::kViolation) stream->session->End(*stream, {3, "no"});
      if (event.kind == EventKind::kClose) context_.streams.Free(event.slot);
    }
  }

  SessionContext context_;
  Session session_;
  std::set<uint32_t> open_;
  std::string told_;
};

// `is_alive`: whether the connection is still open when all bytes have arrived.
std::string ToldOf(ByteView bytes, size_t piece, bool& is_alive) {
  Echo echo;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    is_alive = echo.Receive(bytes.subspan(at, std::min(piece, bytes.size() - at)));
    if (!is_alive) break;
  }
  return echo.Finish();
}

}  // namespace

// The input is what a peer sends after opening two streams.
void FuzzSession(std::span<const uint8_t> input) {
  std::string bytes = Opening();
  bytes.append(input.begin(), input.end());
  const ByteView all = weir_test::View(bytes);
  bool is_alive = true;
  const std::string whole = ToldOf(all, all.size(), is_alive);
  for (const size_t piece : {size_t{1}, size_t{17}}) {
    bool is_cut_alive = true;
    const std::string cut = ToldOf(all, piece, is_cut_alive);
    // nghttp2 reads on to the end of its piece after an error that ends the connection.
    const bool is_same = is_alive && is_cut_alive ? whole == cut : whole.starts_with(cut) || cut.starts_with(whole);
    if (!is_same) FuzzFound("pieces of " + std::to_string(piece) + " tell\n" + cut + "\nand the whole\n" + whole);
  }
}
