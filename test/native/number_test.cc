// Number searches without Node: no read past a text, the same result wherever the text begins and ends. Which numbers count is
// in the tables of test/conformance/operator.

#include "../../native/engine/number/search.h"

#include <string>

#include "harness.h"

using weir::IsNumber;
using weir::NumberCheck;
using weir::NumberSearch;
using weir_test::Exact;
using weir_test::Random;

TEST(NumbersCheckTheirDigits) {
  const auto is = [](NumberCheck check, const char* text) { return IsNumber(check, Exact(text).view()); };
  CHECK(is(NumberCheck::kCard, "4111-1111-1111-1111"));
  CHECK(!is(NumberCheck::kCard, "4111-1111-1111-1112"));
  CHECK(!is(NumberCheck::kCard, "0000000000000000"));
  CHECK(!is(NumberCheck::kCard, "11111111111111111111111111"));
  CHECK(!is(NumberCheck::kCard, ""));
  CHECK(is(NumberCheck::kCpf, "529.982.247-25"));
  CHECK(!is(NumberCheck::kCpf, "529.982.247-52"));
  CHECK(is(NumberCheck::kSsn, "219-09-9999"));
  CHECK(!is(NumberCheck::kSsn, "666-09-9999"));
  CHECK(is(NumberCheck::kSvnr, "1237 010180"));
  CHECK(!is(NumberCheck::kSvnr, "1238 010180"));
}

TEST(NumberSearchTriesEveryPlace) {
  const NumberSearch search("[0-9]{16}", NumberCheck::kCard);
  // The first candidates overlap the number and have wrong check digits.
  const Exact text("9994111111111111111999");
  CHECK(search.Finds(text.view(), 0, text.view().size()));
  CHECK(search.Finds(text.view(), 3, 4));
  CHECK(!search.Finds(text.view(), 0, 3));
  CHECK(!search.Finds(text.view(), 4, text.view().size()));
  CHECK(!search.Finds(text.view(), 100, 200));
  CHECK(!search.Finds(Exact("").view(), 0, 1));
}

TEST(NumberSearchSeesTheBytesAround) {
  const NumberSearch whole("\\b[0-9]{16}\\b", NumberCheck::kCard);
  const Exact inside("94111111111111111 4111111111111111");
  CHECK(!whole.Finds(inside.view(), 0, 17));
  CHECK(whole.Finds(inside.view(), 17, 19));
  const NumberSearch start("\\A[0-9]{16}", NumberCheck::kCard);
  const Exact text("4111111111111111");
  CHECK(start.Finds(text.view(), 0, 1));
  CHECK(!start.Finds(Exact("x4111111111111111").view(), 1, 2));
}

TEST(NumberSearchFindsTheSameInParts) {
  Random random(11);
  const NumberSearch search("[0-9](?:[0-9 -]{10,17})[0-9]", NumberCheck::kCard);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (uint32_t n = 0; n < 60; ++n) text += "0123456789012345678901234567 -x"[random.Below(31)];
    const Exact exact(text);
    const uint32_t cut = random.Below(61);
    const bool in_parts = search.Finds(exact.view(), 0, cut) || search.Finds(exact.view(), cut, text.size());
    CHECK_EQ_AT(search.Finds(exact.view(), 0, text.size()), in_parts, text);
  }
}

TEST(NumberSearchNamesWhatDoesNotCompile) {
  CHECK_EQ(weir_test::CodeOf([] { NumberSearch("[", NumberCheck::kCard); }), "pattern.compile");
}
