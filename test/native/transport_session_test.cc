// Sessions of the native transport against nghttp2's client side.

#include <algorithm>

#include "transport_peer.h"

namespace weir_test {
namespace {

using weir::transport::Session;
using weir::transport::Stream;

std::string Joined(const std::vector<std::string>& parts) {
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : ", ") + part;
  return joined;
}

Stream& StreamAt(Pair& pair, uint32_t slot) { return *pair.context.streams.Find(slot); }

TEST(a_stream_is_served_from_its_first_message_to_its_status) {
  Pair pair;
  const int32_t id = pair.Open();
  pair.Data(id, Framed("one") + Framed("") + Framed("three"));
  pair.Run([&](const Event& event) {
    if (event.kind == EventKind::kMessage) pair.server.Send(StreamAt(pair, event.slot), View("answer"));
    if (event.kind == EventKind::kHalfClose) pair.server.End(StreamAt(pair, event.slot), {0, ""});
  });
  CHECK_EQ(Joined(pair.seen), "open 0 0, message one, message , message three");
  CHECK_EQ(pair.received[id], Framed("answer") + Framed("answer") + Framed("answer"));
  pair.Finish(id);
  pair.Run([&](const Event& event) {
    if (event.kind == EventKind::kHalfClose) pair.server.End(StreamAt(pair, event.slot), {0, ""});
  });
  CHECK_EQ(pair.headers[id]["grpc-status"], "0");
  CHECK_EQ(pair.closed.count(id), 1u);
  CHECK_EQ(pair.seen.back(), "close");
  CHECK(pair.outputs > 0);
}

TEST(events_do_not_depend_on_how_bytes_are_cut) {
  const std::string large(20'000, 'l');
  for (const size_t piece : {1u, 2u, 3u, 7u, 64u, 1'000u, 100'000u}) {
    Pair pair;
    const int32_t id = pair.Open();
    pair.Data(id, Framed("one") + Framed(large) + Framed("two") + Framed("", 7) + Framed("not seen"));
    pair.Finish(id);
    pair.Run(piece);
    CHECK_EQ_AT(Joined(pair.seen), "open 0 0, message one, large 20000, message two, violation 1 7", std::to_string(piece));
  }
}

TEST(messages_that_are_too_large_or_cut_short_are_violations) {
  for (const auto& [bytes, expected] : std::vector<std::pair<std::string, std::string>>{
           {std::string{0, 0, 1, static_cast<char>(0x86), static_cast<char>(0xA1)}, "violation 2 100001"},
           {std::string(1, '\0'), "violation 3 0"},
           {Framed("abc").substr(0, 7), "violation 3 0"}}) {
    Pair pair;
    const int32_t id = pair.Open();
    pair.Data(id, bytes);
    pair.Finish(id);
    pair.Run();
    CHECK_EQ(Joined(pair.seen), "open 0 0, " + expected);
  }
}

TEST(requests_for_other_services_are_refused) {
  struct Refusal {
    Pair::Headers headers;
    std::string status;
    std::string grpc_status;
  };
  auto get = Pair::Request();
  get[0].second = "GET";
  auto other = Pair::Request();
  other[2].second = "/a.B/D";
  auto plain = Pair::Request();
  plain.back().second = "application/grpcx";
  const std::vector<Refusal> refusals{{get, "405", ""},
                                      {other, "200", "12"},
                                      {plain, "415", ""},
                                      {Pair::Request({{"grpc-encoding", "gzip"}}), "200", "12"},
                                      {Pair::Request({{"grpc-timeout", "1x"}}), "200", "13"},
                                      {Pair::Request({{"grpc-timeout", ""}}), "200", "13"},
                                      {Pair::Request({{"grpc-timeout", "123456789S"}}), "200", "13"},
                                      {Pair::Request({{"grpc-timeout", "x"}, {"grpc-timeout", "1S"}}), "200", "13"}};
  for (const Refusal& refusal : refusals) {
    Pair pair;
    const int32_t id = pair.Open(refusal.headers);
    pair.Data(id, Framed("x"));
    pair.Run();
    CHECK_EQ(pair.headers[id][":status"], refusal.status);
    CHECK_EQ(pair.headers[id]["grpc-status"], refusal.grpc_status);
    CHECK_EQ(pair.closed.count(id), 1u);
    CHECK_EQ(Joined(pair.seen), "");
  }
}

TEST(headers_above_their_limit_reset_only_the_stream) {
  Pair pair;
  // More than the limit of empty streams.
  for (int count = 0; count < 30; ++count) {
    const int32_t id = pair.Open(Pair::Request({{"x-large", std::string(5'000, 'x')}}));
    pair.Data(id, Framed("one"));
    CHECK(pair.Run());
    CHECK(pair.closed[id] != NGHTTP2_NO_ERROR);
  }
  const int32_t other = pair.Open();
  pair.Data(other, Framed("still served"));
  CHECK(pair.Run());
  CHECK(pair.goaways.empty());
  CHECK_EQ(Joined(pair.seen), "open 0 0, message still served");
}

TEST(headers_are_known_by_name) {
  Pair pair;
  pair.Open(Pair::Request({{"x-a", "1"}, {"x-a", "2"}, {"x-empty", ""}, {"grpc-timeout", "5S"}}));
  pair.Run();
  CHECK_EQ(Joined(pair.seen), "open 0 5000");
  const auto& head = StreamAt(pair, 0).head;
  CHECK_EQ(head.Value("x-a").value_or("none"), "1");
  CHECK_EQ(head.Value("x-empty").value_or("none"), "");
  CHECK_EQ(head.Value("x").value_or("none"), "none");
  CHECK_EQ(head.Value(":path").value_or("none"), "none");
}

TEST(headers_of_a_stream_are_known_until_its_end_is_reported) {
  Pair pair;
  const int32_t id = pair.Open(Pair::Request({{"x-a", "1"}}));
  pair.Data(id, Framed("one"));
  pair.Run();
  nghttp2_submit_rst_stream(pair.client, 0, id, NGHTTP2_CANCEL);
  int known = 0;
  pair.Run([&](const Event& event) {
    if (event.kind != EventKind::kClose) return;
    const auto* const head = pair.context.streams.FindHead(event.slot);
    CHECK(pair.context.streams.Find(event.slot) == nullptr);
    CHECK(head != nullptr && head->Value("x-a") == "1");
    ++known;
  });
  CHECK_EQ(known, 1);
  CHECK(pair.context.streams.FindHead(0) == nullptr);
  CHECK(pair.context.streams.FindHead(1) == nullptr);
}

TEST(a_paused_stream_gives_its_peer_no_more_than_one_window) {
  Pair pair;
  const int32_t id = pair.Open();
  size_t messages = 0;
  pair.Data(id, [] {
    std::string all;
    for (int count = 0; count < 200; ++count) all += Framed(std::string(1'000, 'm'));
    return all;
  }());
  const auto pause = [&](const Event& event) {
    if (event.kind != EventKind::kMessage) return;
    ++messages;
    pair.server.Pause(StreamAt(pair, event.slot));
  };
  pair.Run(pause);
  CHECK_EQ(messages, 65'535u / 1'005u);
  // Other streams of the connection continue.
  const int32_t other = pair.Open();
  pair.Data(other, Framed("other"));
  pair.Run();
  CHECK_EQ(pair.seen.back(), "message other");
  pair.server.Resume(StreamAt(pair, 0));
  pair.Run([&](const Event& event) { messages += event.kind == EventKind::kMessage ? 1 : 0; });
  CHECK_EQ(messages, 200u);
}

TEST(unsent_bytes_are_reported_when_they_have_been_sent) {
  Pair pair;
  const int32_t id = pair.Open();
  pair.Run();
  CHECK(!pair.server.Send(StreamAt(pair, 0), View(std::string(500, 'a'))));
  CHECK(pair.server.Send(StreamAt(pair, 0), View(std::string(600, 'b'))));
  pair.Run();
  CHECK_EQ(pair.seen.back(), "writable");
  CHECK_EQ(pair.received[id].size(), 1'110u);
}

TEST(one_write_takes_no_more_of_many_streams_than_it_may) {
  constexpr size_t kStreams = 20;
  constexpr size_t kReplyBytes = 60'000;  // Within the window of a stream.
  constexpr size_t kWriteBytesMax = 50'000;
  constexpr size_t kFrameBytesMax = 9 + 16'384;
  Pair pair;
  nghttp2_session_set_local_window_size(pair.client, NGHTTP2_FLAG_NONE, 0, 1 << 24);
  std::vector<int32_t> ids;
  for (size_t count = 0; count < kStreams; ++count) ids.push_back(pair.Open());
  pair.Run();
  for (uint32_t slot = 0; slot < kStreams; ++slot) {
    CHECK(pair.server.Send(StreamAt(pair, slot), View(std::string(kReplyBytes, 'r'))));
  }
  for (size_t written = 0; written < kStreams * kReplyBytes;) {
    Bytes out;
    pair.server.Write(out, kWriteBytesMax);
    CHECK(out.size() >= std::min(kWriteBytesMax, kStreams * kReplyBytes - written));
    CHECK(out.size() < kWriteBytesMax + kFrameBytesMax);
    if (out.empty()) break;
    written += out.size();
    nghttp2_session_mem_recv(pair.client, out.data(), out.size());
  }
  for (const int32_t id : ids) CHECK_EQ(pair.received[id].size(), kReplyBytes + 5);
}

TEST(one_write_takes_no_more_of_many_ends_than_it_may) {
  constexpr size_t kStreams = 50;
  constexpr size_t kWriteBytesMax = 200;
  Pair pair;
  std::vector<int32_t> ids;
  for (size_t count = 0; count < kStreams; ++count) ids.push_back(pair.Open());
  pair.Run();
  for (uint32_t slot = 0; slot < kStreams; ++slot) {
    pair.server.End(StreamAt(pair, slot), {13, std::string(50, 'd')});
  }
  size_t writes = 0;
  for (Bytes out; writes == 0 || !out.empty(); ++writes) {
    out.clear();
    pair.server.Write(out, kWriteBytesMax);
    CHECK(out.size() < 2 * kWriteBytesMax);
    nghttp2_session_mem_recv(pair.client, out.data(), out.size());
  }
  CHECK(writes > kStreams / 10);
  for (const int32_t id : ids) CHECK_EQ(pair.headers[id]["grpc-status"], "13");
}

TEST(a_stream_that_we_end_is_not_read_to_its_end) {
  Pair pair;
  const int32_t id = pair.Open();
  pair.Data(id, Framed("one"));
  pair.Run([&](const Event& event) {
    if (event.kind == EventKind::kMessage) pair.server.End(StreamAt(pair, event.slot), {3, "50 % \xC3\xA9"});
  });
  CHECK_EQ(pair.headers[id]["grpc-status"], "3");
  CHECK_EQ(pair.headers[id]["grpc-message"], "50 %25 %C3%A9");
  CHECK_EQ(pair.closed[id], static_cast<uint32_t>(NGHTTP2_NO_ERROR));
  CHECK_EQ(pair.seen.back(), "close");
}

TEST(long_details_are_cut_at_a_character) {
  Pair pair;
  const int32_t id = pair.Open();
  std::string details(1'023, 'a');
  details += "\xC3\xA9";
  pair.Run([&](const Event& event) {
    if (event.kind == EventKind::kOpen) pair.server.End(StreamAt(pair, event.slot), {3, details});
  });
  CHECK_EQ(pair.headers[id]["grpc-message"], std::string(1'023, 'a'));
}

TEST(a_flood_of_empty_streams_ends_the_connection) {
  Pair pair;
  for (int count = 0; count < 12 && pair.goaways.empty(); ++count) {
    const int32_t id = pair.Open();
    pair.Run();
    nghttp2_submit_rst_stream(pair.client, 0, id, NGHTTP2_CANCEL);
    pair.Run();
  }
  CHECK_EQ(pair.goaways.size(), 1u);
  CHECK_EQ(pair.goaways[0].first, static_cast<uint32_t>(NGHTTP2_ENHANCE_YOUR_CALM));
  CHECK(pair.server.IsOver());
}

TEST(draining_serves_what_was_opened_before_it_was_read) {
  Pair pair;
  const int32_t early = pair.Open();
  pair.Run();
  const int32_t late = pair.Open();
  pair.server.Drain();
  pair.server.Drain();
  pair.Run();
  CHECK_EQ(std::count(pair.seen.begin(), pair.seen.end(), "open 0 0"), 2);
  CHECK_EQ(pair.goaways.back().second, late);
  for (const int32_t id : {early, late}) {
    CHECK(!pair.server.IsOver());
    pair.Finish(id);
    pair.Run([&](const Event& event) {
      if (event.kind == EventKind::kHalfClose) pair.server.End(StreamAt(pair, event.slot), {0, ""});
    });
    CHECK_EQ(pair.headers[id]["grpc-status"], "0");
  }
  CHECK(pair.server.IsOver());
}

TEST(a_silent_peer_is_pinged_and_given_up) {
  Pair pair;
  pair.Run();
  CHECK(pair.server.KeepAlive(59'999));
  CHECK(pair.server.KeepAlive(60'000));
  pair.now_ms = 60'001;
  pair.Run();  // It answers.
  CHECK(pair.server.KeepAlive(120'000));
  CHECK(pair.server.KeepAlive(120'001));
  CHECK(pair.server.KeepAlive(140'000));
  CHECK(!pair.server.KeepAlive(140'001));
}

TEST(a_peer_that_answers_within_the_same_millisecond_is_not_given_up) {
  Pair pair;
  pair.Run();
  pair.now_ms = 60'000;
  CHECK(pair.server.KeepAlive(60'000));
  pair.Run();  // It answers.
  CHECK(pair.server.KeepAlive(80'001));
}

TEST(nothing_is_read_after_the_end_of_the_connection) {
  Pair pair;
  std::string pings("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);
  for (int count = 0; count < 1'100; ++count) pings += std::string("\0\0\10\6\0\0\0\0\0ping-123", 17);
  CHECK(!pair.server.Receive(View(pings), 0));
  CHECK(!pair.server.Receive(View(pings.substr(33, 17)), 60'000));
  // It does not count as activity: a peer that only sends and reads nothing is given up.
  CHECK(pair.server.KeepAlive(60'000));
  CHECK(!pair.server.Receive(View(pings.substr(33, 17)), 70'000));
  CHECK(!pair.server.KeepAlive(80'000));
}

TEST(bytes_that_are_not_http2_end_the_connection) {
  for (const std::string& bytes : {std::string("GET / HTTP/1.1\r\n\r\n"), std::string(100, '\xFF')}) {
    Pair pair;
    CHECK(!pair.server.Receive(View(bytes), 0) || pair.server.IsOver());
  }
}

TEST(streams_of_a_lost_connection_end) {
  Pair pair;
  pair.Open();
  pair.Open();
  pair.Run();
  pair.server.Abandon();
  CHECK_EQ(pair.context.events.events().size(), 2u);
  CHECK(pair.context.streams.Find(0) == nullptr);
}

}  // namespace
}  // namespace weir_test
