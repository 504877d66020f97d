// A remembered value is known exactly, only for its program and class; after its eviction it is scanned again.

#include "../../native/engine/known_values.h"

#include "engine_fixture.h"

using weir::KnownValues;
using weir::PatternHit;
using weir::PatternSet;
using weir_test::Exact;
using weir_test::Program;
using weir_test::Regex;

constexpr auto Key = KnownValues::KeyOf;

namespace {

bool Has(const KnownValues& values, const KnownValues::Key& key) { return values.Find(key).has_value(); }

}  // namespace

TEST(KnownValuesKnowWhatWasRemembered) {
  KnownValues values;
  const Exact value("name");
  CHECK(!Has(values, Key(1, 0, value.view())));
  values.Add(Key(1, 0, value.view()), {{}, 0});
  CHECK(Has(values, Key(1, 0, value.view())));
  CHECK(!Has(values, Key(1, 1, value.view())));
  CHECK(!Has(values, Key(2, 0, value.view())));
  for (const char* other : {"", "nam", "name ", "Name", "namf"}) CHECK(!Has(values, Key(1, 0, Exact(other).view())));
}

TEST(KnownValuesKnowTheHitsOfAValue) {
  KnownValues values;
  const std::vector<PatternHit> hits{{7, 4}, {3, 0}, {9, 2}, {1, 1}, {2, 2}};
  for (size_t count = 0; count <= hits.size(); ++count) {
    const Exact value("value " + std::to_string(count));
    values.Add(Key(1, 0, value.view()), {std::span(hits).first(count), 100});
    const auto known = values.Find(Key(1, 0, value.view()));
    CHECK_EQ(known.has_value(), count <= KnownValues::kHitsMax);
    if (!known) continue;
    CHECK_EQ(known->hits.size(), count);
    CHECK_EQ(known->work, 100u);
    for (size_t n = 0; n < count; ++n) {
      CHECK_EQ(known->hits[n].pattern, hits[n].pattern);
      CHECK_EQ(known->hits[n].to, hits[n].to);
    }
  }
}

TEST(KnownValuesTakeAnyLength) {
  KnownValues values;
  for (const size_t length : {size_t{0}, size_t{1}, size_t{7}, size_t{8}, size_t{9}, KnownValues::kValueBytesMax}) {
    const Exact value(std::string(length, 'x'));
    CHECK(!Has(values, Key(1, 0, value.view())));
    values.Add(Key(1, 0, value.view()), {{}, 0});
    CHECK(Has(values, Key(1, 0, value.view())));
  }
  const Exact longer(std::string(KnownValues::kValueBytesMax + 1, 'x'));
  values.Add(Key(1, 0, longer.view()), {{}, 0});
  CHECK(!Has(values, Key(1, 0, longer.view())));
}

TEST(KnownValuesForgetTheOldestWhenThereAreTooMany) {
  KnownValues values;
  const auto numbered = [](size_t n) { return Exact("value " + std::to_string(n)); };
  for (size_t n = 0; n < 4 * KnownValues::kSlots; ++n) values.Add(Key(1, 0, numbered(n).view()), {{}, 0});
  size_t known = 0;
  for (size_t n = 0; n < 4 * KnownValues::kSlots; ++n) known += Has(values, Key(1, 0, numbered(n).view())) ? 1 : 0;
  CHECK(known > KnownValues::kSlots / 2);
  CHECK(known <= KnownValues::kSlots);
}

// JSON literals and the shortest values match nothing: they are remembered without a flag, others are not.
TEST(BatchScanRemembersCommonplaceValues) {
  const auto program = Program({{}}, {PatternSet::Compile({Regex(1, "^tru|x")}, "")});
  for (const char* text : {"true", "false", "null", "", "7", "-1", "xx", "tru", "True", "nullx", "12345"}) {
    const Exact slab(std::string(text) + text);
    const auto length = static_cast<uint32_t>(std::string(text).size());
    const std::vector<uint32_t> fields{0, 0, length, 0, length, length};
    const bool is_found = std::string(text).starts_with("tru") || std::string(text).find('x') != std::string::npos;
    std::vector<uint32_t> hits(3 + 3 * 10);
    weir::BatchScan scan;
    for (int time = 0; time < 3; ++time) CHECK_EQ(scan.Run(*program, slab.view(), fields, 2, hits), is_found ? 2u : 0u);
  }
}

// The second time a value occurs, its hits are known, but never for another program.
TEST(BatchScanScansRecurringValuesOfEachProgram) {
  const auto first = Program({{}}, {PatternSet::Compile({Regex(1, "a+")}, "")});
  const auto second = Program({{}}, {PatternSet::Compile({Regex(1, "b")}, "")});
  const Exact slab("xabc");
  std::vector<uint32_t> hits(3 + 3 * 10);
  const uint32_t flagged = weir::kFieldFlagRecurring;
  const std::vector<uint32_t> fields{flagged, 0, 2, flagged, 2, 1, flagged, 3, 1};
  weir::BatchScan scan;
  uint32_t work = 0;
  for (int time = 0; time < 3; ++time) {
    CHECK_EQ(scan.Run(*first, slab.view(), fields, 3, hits), 1u);
    CHECK(std::vector(hits.begin() + 3, hits.begin() + 6) == std::vector<uint32_t>({0, 1, 2}));
    // The two values without hits cost less once they are known; the third costs what its scan did.
    if (time == 1) CHECK(hits[2] < work && hits[2] > work / 3);
    if (time == 2) CHECK_EQ(hits[2], work);
    work = hits[2];
    CHECK_EQ(scan.Run(*second, slab.view(), fields, 3, hits), 1u);
    CHECK(std::vector(hits.begin() + 3, hits.begin() + 6) == std::vector<uint32_t>({1, 1, 1}));
  }
  const std::vector<uint32_t> unknown{flagged | 1, 0, 1};
  CHECK_EQ(weir_test::CodeOf([&] { scan.Run(*first, slab.view(), unknown, 1, hits); }), "native.argument");
}

// A value whose hits did not all fit is scanned again, with the larger buffer that its caller then passes.
TEST(BatchScanRemembersNoPartOfTheHits) {
  const auto program = Program({{}}, {PatternSet::Compile({Regex(1, "a"), Regex(2, "b"), Regex(3, "c")}, "")});
  const Exact slab("abc");
  const std::vector<uint32_t> fields{weir::kFieldFlagRecurring, 0, 3};
  weir::BatchScan scan;
  std::vector<uint32_t> small(3 + 3);
  std::vector<uint32_t> large(3 + 3 * 10);
  for (int time = 0; time < 2; ++time) {
    CHECK_EQ(scan.Run(*program, slab.view(), fields, 1, small), 1u);
    CHECK_EQ(small[1], weir::kHitFlagOverflow);
    CHECK_EQ(scan.Run(*program, slab.view(), fields, 1, large), 3u);
    CHECK_EQ(large[1], 0u);
  }
}
