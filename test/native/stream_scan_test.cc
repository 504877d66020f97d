#include "../../native/engine/stream_scan.h"

#include "engine_fixture.h"

using weir::PatternEngine;
using weir::PatternSet;
using weir_test::CodeOf;
using weir_test::Exact;
using weir_test::PatternEnds;
using weir_test::Program;
using weir_test::Random;
using weir_test::Regex;
using weir_test::ScanBlock;
using weir_test::ScanStream;
using weir_test::Show;

namespace {

// The same expressions for both engines: Hyperscan's ids are even, RE2's odd.
std::shared_ptr<const PatternSet> BothEngines(const std::vector<std::string>& sources) {
  std::vector<weir::Pattern> patterns;
  uint32_t id = 0;
  for (const std::string& source : sources) {
    patterns.push_back(Regex(id++, source));
    patterns.push_back(Regex(id++, source, PatternEngine::kRe2));
  }
  return PatternSet::Compile(patterns, "");
}

void CheckEnginesAgree(const PatternEnds& ends, const std::string& where) {
  for (uint32_t id = 0; id < 100; id += 2) {
    const auto hyperscan = ends.find(id);
    const auto re2 = ends.find(id + 1);
    CHECK_EQ_AT(hyperscan != ends.end(), re2 != ends.end(), where + " pattern " + std::to_string(id));
  }
}

std::string IdsOf(const PatternEnds& ends) {
  std::string ids;
  for (const auto& [id, to] : ends) ids += std::to_string(id) + " ";
  return ids;
}

const std::vector<std::string>& Sources() {
  static const std::vector<std::string> sources{
      "ab",       "ab\\b",    "ab\\B",  "^ab",      "ab\\z",      "^\\z", "^ab\\z", "a.{2}b", "[^a]b",     "b+c",
      "\\bab\\b", "a(?:b|c)", "\\xe9b", "ab(?:c|\\z)", "(?:^|c)ab", "a\\W", "\\Ba",   "a\\n",   "\\x00[ab]", ".\\z"};
  return sources;
}

const std::vector<std::string>& Values() {
  using namespace std::string_literals;
  static const std::vector<std::string> values{
      "",      "a",     "ab",     "aab",    "abb",   "ab ab",   "ab\n",     "cab",        "a\nb\nab", "acab_ab",
      "\xe9" "b", "a..b",  "bbbc",   "\0a"s,   "ab-ab", "xaab ab_", "abcabcab", "a\0\0bc ab"s, "caab\n\n", "aaaaab"};
  return values;
}

}  // namespace

TEST(StreamScanFindsWhatTheBlockScanFindsAtEveryCut) {
  const auto program = Program({{}}, {BothEngines(Sources())});
  for (const std::string& value : Values()) {
    const PatternEnds whole = ScanBlock(*program, value);
    CheckEnginesAgree(whole, "block '" + value + "'");
    for (size_t cut = 0; cut <= value.size(); ++cut) {
      for (size_t second = cut; second <= value.size(); ++second) {
        for (const bool settle : {true, false}) {
          const PatternEnds ends = ScanStream(program, value, {cut, second}, settle);
          CHECK_EQ_AT(Show(ends), Show(whole), "'" + value + "' cut at " + std::to_string(cut) + ", " + std::to_string(second));
        }
      }
    }
  }
}

TEST(StreamScanTransformsAcrossCuts) {
  const auto set = PatternSet::Compile({Regex(1, "<script>"), Regex(2, "t>\\z", PatternEngine::kRe2)}, "");
  const auto program = Program({{"urlDecodeUni", "htmlEntityDecode", "lowercase"}, {"removeNulls"}}, {set, set});
  const std::string value = "x%26lt;%53C%u0052IPT&#x3e;";
  const std::string whole = IdsOf(ScanBlock(*program, value));
  CHECK_EQ(whole, "1 2 ");
  for (size_t cut = 0; cut <= value.size(); ++cut) {
    CHECK_EQ_AT(IdsOf(ScanStream(program, value, {cut}, true)), whole, std::to_string(cut));
  }
}

// What is known after a prefix depends on the prefix only.
TEST(StreamScanKnowsTheSameAfterTheSamePrefix) {
  const auto program = Program({{}}, {BothEngines({"ab+c\\b", "x{3}", "q\\z", "\\bend", "a[^b]+z"})});
  Random random(7);
  std::string value;
  for (int n = 0; n < 70'000; ++n) value += static_cast<char>("  --__..,,mno"[random.Below(13)]);
  for (const size_t at : {8190u, 16'383u, 24'570u, 40'000u, 65'530u}) value.replace(at, 8, "abbbc xx");
  value.replace(50'000, 3, "xxx");
  value.replace(16'380, 4, "end ");
  value.replace(30'000, 1, "a");
  value.replace(33'000, 1, "z");
  const auto known_at = [&](const std::vector<size_t>& cuts, std::vector<std::string>& known) {
    weir::StreamScan stream(program, 0);
    std::vector<uint32_t> hits(3 + 3 * 20);
    PatternEnds ends;
    size_t from = 0;
    for (const size_t to : cuts) {
      const Exact chunk(std::string_view(value).substr(from, to - from));
      const bool is_checkpoint = to % 10'000 == 0;
      stream.Feed(chunk.view(), hits, is_checkpoint);
      for (const auto& [id, end] : weir_test::EndsIn(hits)) ends[id] = end;
      if (is_checkpoint) known.push_back(Show(ends));
      from = to;
    }
  };
  std::vector<size_t> tens;
  for (size_t at = 10'000; at <= 70'000; at += 10'000) tens.push_back(at);
  std::vector<std::string> wanted;
  known_at(tens, wanted);
  for (int round = 0; round < 40; ++round) {
    std::vector<size_t> cuts = tens;
    for (int n = 0; n < 30; ++n) cuts.push_back(1 + random.Below(70'000));
    std::sort(cuts.begin(), cuts.end());
    std::vector<std::string> known;
    known_at(cuts, known);
    // A random cut may fall on a checkpoint.
    known.erase(std::unique(known.begin(), known.end()), known.end());
    std::vector<std::string> distinct = wanted;
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    CHECK(known == distinct);
  }
}

TEST(StreamScanFindsRe2MatchesWhereverTheyAre) {
  weir::Pattern bounded = Regex(1, "start.{0,200}stop", PatternEngine::kRe2);
  bounded.longest_match_bytes = 209;
  const auto program =
      Program({{}}, {PatternSet::Compile({bounded, Regex(2, "go[^!]*!", PatternEngine::kRe2)}, "")});
  Random random(3);
  for (int round = 0; round < 60; ++round) {
    std::string value(60'000, '.');
    const size_t at = 8'000 + random.Below(40'000);
    value.replace(at, 5, "start");
    value.replace(at + 5 + random.Below(200), 4, "stop");
    // Any match up to the window's length is found.
    value.replace(at + 500, 2, "go");
    value.replace(at + 500 + 8'000, 1, "!");
    const PatternEnds ends = ScanStream(program, value, {random.Below(30'000), 30'000 + random.Below(30'000)}, round % 2 == 0);
    CHECK_EQ_AT(IdsOf(ends), "1 2 ", std::to_string(at));
  }
}

TEST(StreamScanReportsWhereAMatchWouldHaveBeenTooLong) {
  weir::Pattern bounded = Regex(1, "start.{0,200}stop", PatternEngine::kRe2);
  bounded.longest_match_bytes = 209;
  weir::Pattern unbounded = Regex(2, "go[^!]*!", PatternEngine::kRe2);
  unbounded.required.emplace_back();
  unbounded.required[0].Add('!');
  const auto both = Program({{}}, {PatternSet::Compile({bounded, unbounded, Regex(3, "any.*thing")}, "")});
  const auto alone = Program({{}}, {PatternSet::Compile({bounded, Regex(3, "any.*thing")}, "")});
  // Flags at the end, and whether pattern 2 was found.
  const auto flags = [](const auto& program, const std::string& value, size_t cut, bool settle) {
    weir::StreamScan stream(program, 0);
    std::vector<uint32_t> hits(3 + 3 * 20);
    stream.Feed(Exact(std::string_view(value).substr(0, cut)).view(), hits, settle);
    stream.Feed(Exact(std::string_view(value).substr(cut)).view(), hits, settle);
    stream.End(hits);
    return hits[1];
  };
  const std::string dots(20'000, '.');
  const size_t window = 2 * weir::kConfirmWindowBytes;
  struct Case {
    std::string value;
    uint32_t flag;
  };
  const std::vector<Case> cases{
      {"go" + dots.substr(0, window - 3) + "!", 0},                      // All of it in one window.
      {"go" + dots + "!", weir::kHitFlagWindowed},                       // Missed.
      {"!" + dots, weir::kHitFlagWindowed},                              // Cannot be distinguished from that.
      {dots, 0},                                                         // Lacks a byte that each match has.
      {dots + "go!" + dots, 0},                                          // Found.
      {dots + "start stop", 0},
  };
  for (const auto& [value, flag] : cases) {
    for (const size_t cut : {size_t{0}, size_t{1}, size_t{8'192}, size_t{16'000}, value.size()}) {
      for (const bool settle : {true, false}) {
        const std::string where = value.substr(0, 3) + " of " + std::to_string(value.size()) + " cut at " + std::to_string(cut);
        CHECK_EQ_AT(flags(both, value, cut, settle), flag, where);
        CHECK_EQ_AT(flags(alone, value, cut, settle), 0u, where);
      }
    }
  }
}

TEST(StreamScanReportsAtOnceWhatHoldsWhateverFollows) {
  const auto program = Program({{}}, {BothEngines({"attack", "word\\b", "last\\z"})});
  weir::StreamScan stream(program, 0);
  std::vector<uint32_t> hits(3 + 3 * 20);
  stream.Feed(Exact("an attack").view(), hits, true);
  CHECK_EQ(IdsOf(weir_test::EndsIn(hits)), "0 1 ");
  stream.Feed(Exact(" word").view(), hits, true);
  CHECK_EQ(hits[0], 0u);
  stream.Feed(Exact(" last").view(), hits, true);
  CHECK_EQ(IdsOf(weir_test::EndsIn(hits)), "2 3 ");
  stream.End(hits);
  CHECK_EQ(IdsOf(weir_test::EndsIn(hits)), "4 5 ");
}

TEST(StreamScanTriesAnEndAndContinues) {
  const auto program = Program({{}, {"lowercase"}}, {BothEngines({"attack", "word\\b", "last$"}), BothEngines({"last$"})});
  std::vector<uint32_t> hits(3 + 3 * 20);
  std::vector<uint32_t> tried(3 + 3 * 20);
  weir::StreamScan stream(program, 0);
  weir::StreamScan alone(program, 0);
  for (const std::string_view piece : {"an attack", " word", "s and wor", "d", " la", "ST", " last"}) {
    stream.Feed(Exact(piece).view(), hits, true);
    alone.Feed(Exact(piece).view(), hits, true);
    stream.TryEnd(tried);
    const auto once = weir_test::EndsIn(tried);
    stream.TryEnd(tried);
    CHECK_EQ(IdsOf(once), IdsOf(weir_test::EndsIn(tried)));
  }
  stream.End(hits);
  CHECK_EQ(IdsOf(weir_test::EndsIn(hits)), IdsOf(weir_test::EndsIn(tried)));
  alone.End(tried);
  CHECK_EQ(IdsOf(weir_test::EndsIn(hits)), IdsOf(weir_test::EndsIn(tried)));
}

TEST(StreamScanStaysSmall) {
  const auto program = Program({{}, {"lowercase"}}, {BothEngines({"ab+c"}), BothEngines({"ab+c"})});
  weir::StreamScan stream(program, 0);
  std::vector<uint32_t> hits(3 + 3 * 20);
  CHECK(stream.StateBytes() < 4'000);
  const Exact chunk(std::string(100'000, 'X'));
  for (int n = 0; n < 5; ++n) stream.Feed(chunk.view(), hits, true);
  const size_t bytes = stream.StateBytes();
  for (int n = 0; n < 50; ++n) stream.Feed(chunk.view(), hits, true);
  CHECK_EQ(stream.StateBytes(), bytes);
  // Two tails, two windows.
  CHECK(bytes < 80'000);
}

TEST(StreamScanKeepsTheTailOfEachChain) {
  const auto set = PatternSet::Compile({Regex(1, "zz")}, "");
  const auto program = Program({{}, {"lowercase"}}, {set, set});
  weir::StreamScan stream(program, 0);
  std::vector<uint32_t> hits(3 + 3 * 20);
  CHECK_EQ(stream.Tail(0).size(), 0u);
  std::string value;
  for (int n = 0; n < 30'000; ++n) value += static_cast<char>('A' + n % 26);
  for (size_t at = 0; at < value.size(); at += 777) {
    stream.Feed(Exact(std::string_view(value).substr(at, 777)).view(), hits, false);
  }
  const weir::Bytes tail = stream.Tail(0);
  CHECK_EQ(std::string(tail.begin(), tail.end()), value.substr(value.size() - weir::kConfirmWindowBytes));
  CHECK_EQ(static_cast<char>(stream.Tail(1).back()), static_cast<char>(value.back() + 32));
  CHECK_EQ(CodeOf([&] { stream.Tail(2); }), "native.argument");
}

TEST(StreamScanRefusesABufferThatCouldOverflow) {
  const auto program = Program({{}}, {PatternSet::Compile({Regex(1, "a"), Regex(2, "b")}, "")});
  weir::StreamScan stream(program, 0);
  std::vector<uint32_t> hits(3 + 3);
  CHECK_EQ(CodeOf([&] { stream.Feed(Exact("ab").view(), hits, true); }), "native.argument");
  CHECK_EQ(CodeOf([&] { weir::StreamScan other(program, 1); }), "native.argument");
  const auto block = Program({{}}, {PatternSet::Compile({Regex(1, "a")}, "", weir::SetUse::kBlock)});
  CHECK_EQ(CodeOf([&] { weir::StreamScan other(block, 0); }), "native.argument");
}

TEST(StreamScanTailsAreThoseOfTheWholeValueWhateverChanges) {
  const auto set = PatternSet::Compile({Regex(1, "zz")}, "");
  const std::vector<std::vector<std::string>> chains{
      {}, {"lowercase"}, {"urlDecodeUni"}, {"urlDecodeUni", "lowercase"}, {"removeWhitespace"}, {"removeWhitespace", "lowercase"}};
  const auto program = Program(chains, {set, set, set, set, set, set});
  Random random(9);
  for (int round = 0; round < 60; ++round) {
    // Steps differ from different offsets on: some values contain nothing to decode, some nothing to lower.
    std::string value;
    const uint32_t length = random.Below(30'000);
    const uint32_t from = random.Below(30'000);
    while (value.size() < length) value += value.size() < from ? "abcdef" : round % 3 == 0 ? "%41 b" : round % 3 == 1 ? "AB cd" : "x y";
    weir::StreamScan stream(program, 0);
    std::vector<uint32_t> hits(3 + 3 * 20);
    for (size_t at = 0; at < value.size();) {
      const size_t step = 1 + random.Below(random.Below(3) == 0 ? 20'000 : 50);
      stream.Feed(Exact(std::string_view(value).substr(at, step)).view(), hits, random.Below(2) == 0);
      at += step;
    }
    weir::BatchScan whole;
    for (uint32_t chain = 0; chain < chains.size(); ++chain) {
      std::vector<weir::TransformId> ids;
      for (const std::string& name : chains[chain]) ids.push_back(weir_test::TransformNamed(name));
      const Exact bytes(value);
      const weir::ByteView output = whole.Apply(ids, bytes.view());
      const weir::ByteView wanted = output.last(std::min(output.size(), weir::kConfirmWindowBytes));
      const weir::Bytes tail = stream.Tail(chain);
      // A decoder may still hold the last few bytes.
      const size_t held = value.size() > 5 ? 5 : value.size();
      const std::string left(tail.begin(), tail.end());
      const std::string right(wanted.begin(), wanted.end());
      const bool fits = right.size() < 100 ? right.starts_with(left) || left == right
                                           : left == right || right.find(left.substr(held + 5)) != std::string::npos;
      CHECK_EQ_AT(fits, true, std::to_string(round) + " chain " + std::to_string(chain));
    }
  }
}
