#include "../../native/engine/hit.h"

#include "harness.h"

using weir::HitCollector;

TEST(HitCollectorWritesHitsInOrder) {
  std::vector<uint32_t> buffer(3 + 3 * 4);
  HitCollector hits;
  hits.Begin(buffer, 10);
  hits.BeginField(0);
  hits.Add(7, 5);
  hits.BeginField(3);
  hits.Add(9, 1);
  CHECK_EQ(hits.Finish(), 2u);
  const std::vector<uint32_t> wanted{2, 0, 0, 0, 7, 5, 3, 9, 1, 0, 0, 0, 0, 0, 0};
  CHECK(buffer == wanted);
}

TEST(HitCollectorKeepsOneHitPerPatternWithTheSmallestEnd) {
  std::vector<uint32_t> buffer(3 + 3 * 4);
  HitCollector hits;
  hits.Begin(buffer, 10);
  hits.Add(7, 5);
  hits.Add(7, 4);
  hits.Add(7, 6);
  CHECK_EQ(hits.Finish(), 1u);
  CHECK_EQ(buffer[5], 4u);
}

TEST(HitCollectorReportsWhenThereIsNoRoom) {
  std::vector<uint32_t> buffer(3 + 3);
  HitCollector hits;
  hits.Begin(buffer, 10);
  hits.Add(1, 1);
  CHECK(!hits.HasOverflow());
  hits.Add(1, 2);
  CHECK(!hits.HasOverflow());
  hits.Add(2, 1);
  hits.Add(2, 0);
  CHECK(hits.HasOverflow());
  CHECK_EQ(hits.Finish(), 1u);
  CHECK_EQ(buffer[1], weir::kHitFlagOverflow);
  CHECK_EQ(buffer[4], 1u);
}

TEST(HitCollectorForgetsThePreviousCall) {
  std::vector<uint32_t> buffer(3 + 3);
  HitCollector hits;
  hits.Begin(buffer, 10);
  hits.Add(1, 1);
  hits.Add(2, 1);
  hits.Begin(buffer, 10);
  CHECK(!hits.Has(1));
  CHECK(!hits.HasOverflow());
  hits.Add(2, 8);
  CHECK_EQ(hits.Finish(), 1u);
  CHECK_EQ(buffer[5], 8u);
}

TEST(HitCollectorCutsEndsBeyond32Bits) {
  std::vector<uint32_t> buffer(3 + 3);
  HitCollector hits;
  hits.Begin(buffer, 10);
  hits.Add(1, uint64_t{1} << 40);
  hits.Finish();
  CHECK_EQ(buffer[5], 0xFFFFFFFFu);
}

TEST(HitCollectorRepeatsHitsOfAnEarlierField) {
  std::vector<uint32_t> buffer(3 + 3 * 4);
  HitCollector hits;
  hits.Begin(buffer, 10);
  hits.BeginField(0);
  hits.Add(7, 5);
  hits.Add(8, 6);
  hits.BeginField(1);
  CHECK(hits.Repeat(0, 2));
  hits.Spend(5);
  hits.Spend(6);
  hits.BeginField(2);
  CHECK(!hits.Repeat(0, 5));
  CHECK_EQ(hits.Finish(), 4u);
  const std::vector<uint32_t> wanted{4, 0, 11, 0, 7, 5, 0, 8, 6, 1, 7, 5, 1, 8, 6};
  CHECK(buffer == wanted);
}

TEST(HitCollectorTakesABufferWithoutRoomForAHeader) {
  std::vector<uint32_t> buffer(1);
  HitCollector hits;
  hits.Begin(buffer, 10);
  hits.Add(1, 1);
  CHECK_EQ(hits.Finish(), 0u);
  CHECK(hits.HasOverflow());
}
