// A short, seeded replay of what fuzzing tries.

#include "fuzz_scan.h"

#include "harness.h"

namespace {

std::vector<uint8_t> Invent(weir_test::Random& random) {
  static const std::vector<std::string> parts{"ab", "a", "b", "c", " ", "union", "select", "<scr", "%41", "&lt;", "%u0041",
                                              "/etc/passwd", "\\x00", "..", "/", "YWI=", "^", "\"", "%", "&#x61;", ","};
  std::vector<uint8_t> input;
  for (uint32_t n = 0; n < 12; ++n) input.push_back(static_cast<uint8_t>(random.Below(256)));
  for (uint32_t n = random.Below(20); n > 0; --n) {
    if (random.Below(4) == 0) {
      input.push_back(static_cast<uint8_t>(random.Below(256)));
      continue;
    }
    const std::string& part = parts[random.Below(static_cast<uint32_t>(parts.size()))];
    input.insert(input.end(), part.begin(), part.end());
  }
  return input;
}

}  // namespace

TEST(FuzzReplayOfScans) {
  weir_test::Random random(21);
  for (int round = 0; round < 1'500; ++round) FuzzScan(Invent(random));
}

TEST(FuzzReplayOfTransforms) {
  weir_test::Random random(22);
  for (int round = 0; round < 20'000; ++round) FuzzTransform(Invent(random));
}
