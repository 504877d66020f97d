#include "../../native/engine/literal_finder.h"

#include "harness.h"

using weir::LiteralFinder;
using weir_test::Exact;

namespace {

std::string Found(const LiteralFinder& finder, std::string_view value) {
  const Exact bytes(value);
  const auto found = finder.Find(bytes.view());
  return found ? std::string(value.substr(found->from, found->to - found->from)) : "-";
}

}  // namespace

TEST(LiteralFinderTakesThePhraseThatEndsFirst) {
  LiteralFinder finder;
  finder.Add("abcd", true);
  finder.Add("bc", true);
  finder.Add("xabc", true);
  CHECK_EQ(Found(finder, "..aBCd"), "BC");
  CHECK_EQ(Found(finder, "xAbcd"), "xAbc");
  CHECK_EQ(Found(finder, "abxcd"), "-");
  CHECK_EQ(Found(finder, ""), "-");
}

TEST(LiteralFinderFoldsAsciiOnly) {
  LiteralFinder finder;
  finder.Add("\xC4z", true);
  finder.Add("Q", false);
  CHECK_EQ(Found(finder, "\xE4z"), "-");
  CHECK_EQ(Found(finder, "\xC4Z"), "\xC4Z");
  CHECK_EQ(Found(finder, "q"), "-");
  CHECK_EQ(Found(finder, "Q"), "Q");
}
