// The small parts of the native transport.

#include "../../native/transport/message_reader.h"
#include "../../native/transport/outbox.h"
#include "../../native/transport/request_head.h"
#include "../../native/transport/response_fields.h"
#include "../../native/transport/token_bucket.h"
#include "harness.h"

namespace weir_test {
namespace {

using namespace weir::transport;

TEST(grpc_timeouts_are_read_as_milliseconds) {
  struct Timeout {
    const char* text;
    int64_t ms;  // -1: none.
  };
  for (const auto& [text, ms] : {Timeout{"1S", 1'000}, Timeout{"250m", 250}, Timeout{"2M", 120'000}, Timeout{"1H", 3'600'000},
                                 Timeout{"1500u", 1}, Timeout{"1n", 1}, Timeout{"0S", 1}, Timeout{"99999999H", 0x7FFFFFFF},
                                 Timeout{"", -1}, Timeout{"S", -1}, Timeout{"5", -1}, Timeout{"123456789S", -1},
                                 Timeout{"-1S", -1}, Timeout{"1x", -1}, Timeout{" 1S", -1}}) {
    const auto parsed = ParseGrpcTimeout(text);
    CHECK_EQ_AT(parsed.has_value() ? static_cast<int64_t>(*parsed) : -1, ms, text);
  }
}

TEST(content_types_of_grpc_are_known) {
  for (const auto& [type, is_grpc] : {std::pair("application/grpc", true), std::pair("application/grpc+proto", true),
                                      std::pair("application/grpc;x=y", true), std::pair("application/grpc-web", false),
                                      std::pair("application/json", false), std::pair("", false)}) {
    RequestHead head;
    CHECK(head.Add("content-type", type, 1'000));
    CHECK_EQ_AT(head.IsGrpc(), is_grpc, type);
  }
}

TEST(heads_are_limited_as_http2_counts_them) {
  RequestHead head;
  CHECK(head.Add("a", "b", 34));
  CHECK(!head.Add("", "", 65));
}

TEST(memory_of_an_incomplete_message_is_reported) {
  for (const size_t piece : {1u, 1'000u, 16'384u, 100'000u}) {
    EventBatch events;
    MessageReader reader;
    const std::string message = std::string("\0\0\1\x86\xA0", 5) + std::string(100'000, 'x');
    size_t told = 0;
    for (size_t at = 0; at < message.size(); at += piece) {
      events.Clear();
      reader.Feed(Exact(message.substr(at, piece)).view(), 7, 1 << 20, events);
      for (const Event& event : events.events()) {
        if (event.kind != EventKind::kUnfinished) continue;
        CHECK(event.slot == 7 && event.first > told);
        told = event.first;
      }
      const size_t came = std::min(at + piece, message.size()) - std::min<size_t>(at + piece, 5);
      if (came < 100'000) CHECK(came <= std::max(told, kReportedUnfinishedBytesMin) && told <= std::min<size_t>(100'000, came * 2));
    }
    CHECK_EQ(events.large().size(), 1u);
  }
}

TEST(an_outbox_returns_what_was_added_however_it_is_taken) {
  for (const size_t piece : {1u, 3u, 5u, 1'000u}) {
    Outbox outbox;
    std::string taken;
    const auto take = [&] {
      const size_t length = std::min<size_t>(piece, outbox.size());
      const ByteView front = outbox.Front(length);
      taken.append(front.begin(), front.end());
      outbox.Drop(length);
    };
    std::string expected;
    for (int count = 0; count < 50; ++count) {
      const std::string message(static_cast<size_t>(count), static_cast<char>('a' + count % 26));
      outbox.AddMessage(Exact(message).view());
      expected += std::string(4, '\0') + static_cast<char>(count) + message;
      take();
    }
    while (outbox.size() > 0) take();
    CHECK(taken == expected);
  }
}

TEST(a_bucket_refills_with_time) {
  TokenBucket bucket(2, 10, 1'000);
  CHECK(bucket.Take(1'000));
  CHECK(bucket.Take(1'000));
  CHECK(!bucket.Take(1'000));
  CHECK(bucket.Take(1'200));
  CHECK(!bucket.Take(1'200));
  TokenBucket rested(2, 10, 0);
  CHECK(rested.Take(1'000'000) && rested.Take(1'000'000) && !rested.Take(1'000'000));
}

TEST(details_are_percent_encoded) {
  CHECK_EQ(PercentEncode("a b~"), "a b~");
  CHECK_EQ(PercentEncode("%\r\n\x7F\xC3\xA9"), "%25%0D%0A%7F%C3%A9");
  CHECK_EQ(PercentEncode(" a  b "), "%20a  b%20");
  CHECK_EQ(PercentEncode(" "), "%20");
  CHECK_EQ(PercentEncode(""), "");
}

TEST(details_are_cut_at_a_character) {
  struct Cut {
    std::string text;
    size_t bytes_max;
    std::string expected;
  };
  for (const auto& [text, bytes_max, expected] :
       {Cut{"abc", 3, "abc"}, Cut{"abcd", 3, "abc"}, Cut{"ab\xC3\xA9", 4, "ab\xC3\xA9"}, Cut{"ab\xC3\xA9", 3, "ab"},
        Cut{"a\xE2\x82\xACz", 4, "a\xE2\x82\xAC"}, Cut{"a\xE2\x82\xACz", 3, "a"}, Cut{"a\xE2\x82\xACz", 2, "a"},
        Cut{"a\xF0\x9F\x98\x80", 4, "a"}, Cut{"\xC3\xA9", 1, ""}, Cut{"abc", 0, ""},
        Cut{std::string(9, '\x80'), 8, std::string(8, '\x80')}}) {
    CHECK_EQ_AT(std::string(CutAtCharacter(text, bytes_max)), expected, text);
  }
}

}  // namespace
}  // namespace weir_test
