#include "../../native/engine/hyperscan.h"

#include <set>
#include <thread>

#include "harness.h"

using weir::HsDatabase;
using weir::HsExpression;
using weir::HsMode;
using weir::HsStream;
using weir_test::Exact;

namespace {

using Ends = std::set<std::pair<unsigned, unsigned long long>>;

int Collect(unsigned id, unsigned long long, unsigned long long to, unsigned, void* context) {
  static_cast<Ends*>(context)->insert({id, to});
  return 0;
}

HsDatabase Compile(const std::vector<HsExpression>& expressions, HsMode mode) {
  int index = -2;
  return HsDatabase::Compile(expressions, mode, &index);
}

}  // namespace

TEST(HyperscanMatchesEveryByteOfALiteral) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const HsDatabase database = Compile({{weir::HsEscapeLiteral(all), 3, false}}, HsMode::kBlock);
  const Exact value("x" + all);
  Ends ends;
  database.Scan(value.view(), Collect, &ends);
  CHECK(ends == (Ends{{3, 257}}));
}

TEST(HyperscanFoldsAsciiOnly) {
  const HsDatabase database = Compile({{"\\xc4k", 1, true}}, HsMode::kBlock);
  Ends ends;
  database.Scan(Exact("\xE4k").view(), Collect, &ends);
  CHECK(ends.empty());
  database.Scan(Exact("\xC4K").view(), Collect, &ends);
  CHECK_EQ(ends.size(), 1u);
}

TEST(HyperscanScansNoBytes) {
  const HsDatabase database = Compile({{"^$", 1, false}, {"a*", 2, false}, {"a", 3, false}}, HsMode::kBlock);
  Ends ends;
  database.Scan({}, Collect, &ends);
  CHECK(ends == (Ends{{1, 0}, {2, 0}}));
}

TEST(HyperscanNamesTheExpressionThatFails) {
  int index = -2;
  std::string message;
  const auto code = weir_test::CodeOf(
      [&] { HsDatabase::Compile({{"ok", 1, false}, {"a)", 2, false}}, HsMode::kBlock, &index); }, &message);
  CHECK_EQ(code, "pattern.compile");
  CHECK_EQ(index, 1);
  CHECK(!message.empty());
}

TEST(HyperscanStreamsMatchAcrossChunksAndAtTheEnd) {
  const HsDatabase database = Compile({{"union\\s+select", 1, true}, {"end\\z", 2, false}}, HsMode::kStream);
  CHECK(database.StreamBytes() > 0);
  HsStream stream(database);
  Ends ends;
  stream.Feed(Exact("uni").view(), Collect, &ends);
  stream.Feed({}, Collect, &ends);
  CHECK(ends.empty());
  stream.Feed(Exact("on SELECT the end").view(), Collect, &ends);
  CHECK(ends == (Ends{{1, 12}}));
  stream.Close(Collect, &ends);
  CHECK(ends == (Ends{{1, 12}, {2, 20}}));
}

TEST(HyperscanStreamsMoveBetweenThreads) {
  const HsDatabase database = Compile({{"1 union select", 1, true}}, HsMode::kStream);
  HsStream stream(database);
  Ends ends;
  std::thread([&] { stream.Feed(Exact("1 union").view(), Collect, &ends); }).join();
  std::thread([&] { stream.Feed(Exact(" select").view(), Collect, &ends); }).join();
  CHECK_EQ(ends.size(), 1u);
}

TEST(HyperscanStreamsMayBeDroppedAndMoved) {
  const HsDatabase database = Compile({{"abc", 1, false}}, HsMode::kStream);
  std::vector<HsStream> streams;
  for (int n = 0; n < 20; ++n) streams.emplace_back(database);
  streams[0] = HsStream(database);
  streams.clear();
}

TEST(HyperscanScratchFitsDatabasesMadeLater) {
  const HsDatabase small = Compile({{"abc", 1, false}}, HsMode::kBlock);
  Ends ends;
  small.Scan(Exact("abc").view(), Collect, &ends);
  std::vector<HsExpression> many;
  for (unsigned n = 0; n < 300; ++n) many.push_back({"x[0-9]{2," + std::to_string(3 + n) + "}y+", n, true});
  const HsDatabase large = Compile(many, HsMode::kBlock);
  ends.clear();
  large.Scan(Exact("x123y").view(), Collect, &ends);
  CHECK_EQ(ends.size(), 300u);
}

TEST(HyperscanDeserialisesWhatItSerialised) {
  const HsDatabase database = Compile({{"abc", 1, false}}, HsMode::kBlock);
  const std::string bytes = database.Serialize();
  CHECK(static_cast<bool>(HsDatabase::Deserialize(bytes, HsMode::kBlock)));
  CHECK(!HsDatabase::Deserialize(bytes, HsMode::kStream));
  CHECK(!HsDatabase::Deserialize("", HsMode::kBlock));
  CHECK(!HsDatabase::Deserialize(bytes.substr(0, bytes.size() / 2), HsMode::kBlock));
  CHECK(!HsDatabase::Deserialize("no database at all, but long enough to hold a header of one", HsMode::kBlock));
}
