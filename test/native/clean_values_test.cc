// What was remembered is known exactly, for its program and class alone; what pushes it out only makes it be scanned again.

#include "../../native/engine/clean_values.h"

#include "engine_fixture.h"

using weir::CleanValues;
using weir::PatternSet;
using weir_test::Exact;
using weir_test::Program;
using weir_test::Regex;

constexpr auto Key = CleanValues::KeyOf;

TEST(CleanValuesKnowWhatWasRemembered) {
  CleanValues values;
  const Exact value("name");
  CHECK(!values.Has(Key(1, 0, value.view())));
  values.Add(Key(1, 0, value.view()));
  CHECK(values.Has(Key(1, 0, value.view())));
  CHECK(!values.Has(Key(1, 1, value.view())));
  CHECK(!values.Has(Key(2, 0, value.view())));
  for (const char* other : {"", "nam", "name ", "Name", "namf"}) CHECK(!values.Has(Key(1, 0, Exact(other).view())));
}

TEST(CleanValuesTakeAnyLength) {
  CleanValues values;
  for (const size_t length : {size_t{0}, size_t{1}, size_t{7}, size_t{8}, size_t{9}, CleanValues::kValueBytesMax}) {
    const Exact value(std::string(length, 'x'));
    CHECK(!values.Has(Key(1, 0, value.view())));
    values.Add(Key(1, 0, value.view()));
    CHECK(values.Has(Key(1, 0, value.view())));
  }
  const Exact longer(std::string(CleanValues::kValueBytesMax + 1, 'x'));
  values.Add(Key(1, 0, longer.view()));
  CHECK(!values.Has(Key(1, 0, longer.view())));
}

TEST(CleanValuesForgetTheOldestWhenThereAreTooMany) {
  CleanValues values;
  const auto numbered = [](size_t n) { return Exact("value " + std::to_string(n)); };
  for (size_t n = 0; n < 4 * CleanValues::kSlots; ++n) values.Add(Key(1, 0, numbered(n).view()));
  size_t known = 0;
  for (size_t n = 0; n < 4 * CleanValues::kSlots; ++n) known += values.Has(Key(1, 0, numbered(n).view())) ? 1 : 0;
  CHECK(known > CleanValues::kSlots / 2);
  CHECK(known <= CleanValues::kSlots);
}

// Literals of JSON and the shortest values are full of nothing: they are remembered without a flag, others are not.
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

// The second time a value comes it may be known to be clean, never one in which something was found, and never to another
// program.
TEST(BatchScanScansRecurringValuesOfEachProgram) {
  const auto first = Program({{}}, {PatternSet::Compile({Regex(1, "a")}, "")});
  const auto second = Program({{}}, {PatternSet::Compile({Regex(1, "b")}, "")});
  const Exact slab("abc");
  std::vector<uint32_t> hits(3 + 3 * 10);
  const uint32_t flagged = weir::kFieldFlagRecurring;
  const std::vector<uint32_t> fields{flagged, 0, 1, flagged, 1, 1, flagged, 2, 1};
  weir::BatchScan scan;
  for (int time = 0; time < 3; ++time) {
    CHECK_EQ(scan.Run(*first, slab.view(), fields, 3, hits), 1u);
    CHECK_EQ(hits[3], 0u);
    CHECK_EQ(scan.Run(*second, slab.view(), fields, 3, hits), 1u);
    CHECK_EQ(hits[3], 1u);
  }
  const std::vector<uint32_t> unknown{flagged | 1, 0, 1};
  CHECK_EQ(weir_test::CodeOf([&] { scan.Run(*first, slab.view(), unknown, 1, hits); }), "native.argument");
}
