#include "../../native/engine/hit.h"

#include "harness.h"

using weir::HitCollector;

TEST(HitCollectorWritesHitsInOrder) {
  std::vector<uint32_t> buffer(2 + 3 * 4);
  HitCollector hits;
  hits.Begin(buffer, 10);
  hits.BeginField(0);
  hits.Add(7, 5);
  hits.BeginField(3);
  hits.Add(9, 1);
  CHECK_EQ(hits.Finish(), 2u);
  const std::vector<uint32_t> wanted{2, 0, 0, 7, 5, 3, 9, 1, 0, 0, 0, 0, 0, 0};
  CHECK(buffer == wanted);
}

TEST(HitCollectorKeepsOneHitAPatternWithTheSmallestEnd) {
  std::vector<uint32_t> buffer(2 + 3 * 4);
  HitCollector hits;
  hits.Begin(buffer, 10);
  hits.Add(7, 5);
  hits.Add(7, 4);
  hits.Add(7, 6);
  CHECK_EQ(hits.Finish(), 1u);
  CHECK_EQ(buffer[4], 4u);
}

TEST(HitCollectorSaysWhenThereIsNoRoom) {
  std::vector<uint32_t> buffer(2 + 3);
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
  CHECK_EQ(buffer[3], 1u);
}

TEST(HitCollectorForgetsTheCallBefore) {
  std::vector<uint32_t> buffer(2 + 3);
  HitCollector hits;
  hits.Begin(buffer, 10);
  hits.Add(1, 1);
  hits.Add(2, 1);
  hits.Begin(buffer, 10);
  CHECK(!hits.Has(1));
  CHECK(!hits.HasOverflow());
  hits.Add(2, 8);
  CHECK_EQ(hits.Finish(), 1u);
  CHECK_EQ(buffer[4], 8u);
}

TEST(HitCollectorCutsEndsBeyond32Bits) {
  std::vector<uint32_t> buffer(2 + 3);
  HitCollector hits;
  hits.Begin(buffer, 10);
  hits.Add(1, uint64_t{1} << 40);
  hits.Finish();
  CHECK_EQ(buffer[4], 0xFFFFFFFFu);
}

TEST(HitCollectorTakesABufferWithoutRoomForAHeader) {
  std::vector<uint32_t> buffer(1);
  HitCollector hits;
  hits.Begin(buffer, 10);
  hits.Add(1, 1);
  CHECK_EQ(hits.Finish(), 0u);
  CHECK(hits.HasOverflow());
}
