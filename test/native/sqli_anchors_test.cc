// Anchors of phrases at any offset of a value, where offsets are read one by one and sixteen at a time.

#include "../../native/engine/detect/sqli_anchors.h"

#include <cctype>

#include "harness.h"

using weir::NextSqlAnchor;
using weir_test::Exact;
using weir_test::Random;

TEST(AnchorsAreFoundAtEveryOffset) {
  for (const std::string sign : {"(", "@", ";", "<", "=", ">", "by ", "BY\n", "by/", "by\\", "by.", "by\xa0", "by\xc2\xa0", "boolean",
                                 "LIKE", "regexp", "Select", "waitfor", "WHEN"}) {
    for (size_t before = 0; before < 40; ++before) {
      for (const size_t behind : {0, 1, 2, 3, 15, 16, 17, 33}) {
        const std::string value = std::string(before, 'z') + sign + std::string(behind, 'z');
        const Exact exact(value);
        CHECK_EQ_AT(NextSqlAnchor(exact.view(), 0), before, value);
        CHECK_EQ_AT(NextSqlAnchor(exact.view(), before), before, value);
        CHECK_EQ_AT(NextSqlAnchor(exact.view(), before + 1), value.size(), value);
      }
    }
  }
}

TEST(AnchorsAreRareInProse) {
  const std::string prose = "The quick brown fox jumps over the lazy dog, and that is all there is to say: 12 of 15 do not. ";
  CHECK_EQ(NextSqlAnchor(Exact(prose).view(), 0), prose.size());
  CHECK_EQ(NextSqlAnchor({}, 0), size_t{0});
}

// Whatever precedes it, an offset is judged by itself.
TEST(AnchorsDoNotDependOnWhereTheSearchBegins) {
  Random random(3);
  for (int round = 0; round < 2'000; ++round) {
    std::string value(1 + random.Below(80), ' ');
    for (char& byte : value) byte = static_cast<char>(random.Below(256));
    const Exact exact(value);
    size_t next = value.size();
    for (size_t at = value.size(); at-- > 0;) {
      const size_t found = NextSqlAnchor(exact.view(), at);
      CHECK(found == at || found == next);
      next = found;
    }
  }
}
