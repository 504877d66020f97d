#include "../../native/engine/re2_confirm.h"

#include <thread>

#include "harness.h"

using weir::Re2Pattern;
using weir_test::Exact;

namespace {

bool Matches(const char* source, std::string_view value, bool caseless = false) {
  const Exact bytes(value);
  return Re2Pattern(source, caseless).Matches(bytes.view());
}

}  // namespace

TEST(Re2MatchesBytesNotCharacters) {
  CHECK(Matches("^.$", "\xE9"));
  CHECK(Matches("^..$", "\xC3\xA9"));
  CHECK(Matches("\\xff\\x00", std::string_view("\xff\0", 2)));
  CHECK(Matches("a.b", "a\nb"));
  CHECK(!Matches("^b", "a\nb"));
  CHECK(!Matches("a$", "a\n"));
}

TEST(Re2MatchesNothingInNothing) {
  CHECK(Matches("^$", ""));
  CHECK(Matches("", ""));
  CHECK(!Matches(".", ""));
}

TEST(Re2SeesWhatSurroundsARange) {
  const Exact value("xfoox");
  const Re2Pattern word("\\bfoo\\b", false);
  CHECK(!word.Matches(value.view(), 1, 4));
  CHECK(word.Matches(value.view().subspan(1, 3), 0, 3));
  const Re2Pattern anchored("^foo", false);
  CHECK(!anchored.Matches(value.view(), 1, 4));
  const Re2Pattern ended("foo\\z", false);
  CHECK(!ended.Matches(value.view(), 1, 4));
}

TEST(Re2FindsTheSmallestEnd) {
  const Exact value("xx abc abcabc");
  const Re2Pattern greedy("(?:abc)+|x+ abc abcabc", false);
  CHECK_EQ(greedy.SmallestEnd(value.view(), 0, 13), 6u);
  const Re2Pattern bounded("abc\\b", false);
  CHECK_EQ(bounded.SmallestEnd(value.view(), 4, 13), 13u);
  const Re2Pattern empty("", false);
  CHECK_EQ(empty.SmallestEnd(value.view(), 0, 13), 0u);
}

TEST(Re2ReportsGroups) {
  const Exact value("id=42;");
  std::vector<uint32_t> groups(20, 7);
  CHECK_EQ(Re2Pattern("(i)(x)?d=(\\d+)", false).Groups(value.view(), groups), 4u);
  const std::vector<uint32_t> wanted{0, 5, 0, 1, weir::kNoGroup, weir::kNoGroup, 3, 5};
  CHECK(std::vector<uint32_t>(groups.begin(), groups.begin() + 8) == wanted);
  CHECK_EQ(groups[8], 7u);
  CHECK_EQ(Re2Pattern("nothing", false).Groups(value.view(), groups), 0u);
  CHECK_EQ(Re2Pattern("(i)(d)", false).Groups(value.view(), std::span(groups).first(3)), 1u);
  CHECK_EQ(Re2Pattern("(1)?(2)?(3)?(4)?(5)?(6)?(7)?(8)?(9)?(a)?(b)?", false).Groups(value.view(), groups), 10u);
}

TEST(Re2NamesWhatDoesNotCompile) {
  std::string message;
  CHECK_EQ(weir_test::CodeOf([] { Re2Pattern("a(", false).Compile(); }, &message), "pattern.compile");
  CHECK(message.find("a(") != std::string::npos);
  // Compilation is tried again, and fails again.
  const Re2Pattern broken("[", false);
  CHECK_EQ(weir_test::CodeOf([&] { broken.Compile(); }), "pattern.compile");
  CHECK_EQ(weir_test::CodeOf([&] { broken.Compile(); }), "pattern.compile");
}

TEST(Re2IsSharedByThreads) {
  const Re2Pattern pattern("(?:a|b)*c[0-9]{2,40}", false);
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&pattern] {
      const Exact value("ababababc0123456789");
      for (int round = 0; round < 200; ++round) CHECK(pattern.Matches(value.view()));
    });
  }
  for (std::thread& thread : threads) thread.join();
}
