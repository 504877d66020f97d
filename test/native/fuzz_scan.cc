#include "engine_fixture.h"
#include "fuzz.h"

namespace {

using weir_test::PatternEnds;

std::shared_ptr<const weir::ScanProgram> CreateProgram() {
  std::vector<weir::Pattern> patterns;
  uint32_t id = 0;
  for (const char* source : {"ab", "ab\\b", "^ab", "ab\\z", "a.{2}b", "[^a]b+c", "\\bunion\\s+select", "<scr", "\\x00a",
                             "(?:a|b){3,9}c", "\\W\\w\\W", "^\\z", "%\\d\\d"}) {
    patterns.push_back(weir_test::Regex(id++, source));
    patterns.push_back(weir_test::Regex(id++, source, weir::PatternEngine::kRe2));
  }
  patterns.push_back(weir_test::Literal(id++, "/etc/passwd"));
  const auto set = weir::PatternSet::Compile(patterns, "");
  return weir_test::Program({{}, {"urlDecodeUni", "lowercase"}, {"htmlEntityDecode", "cmdLine"}, {"base64Decode"}},
                            {set, set, set, set});
}

[[noreturn]] void Differ(const char* what, const PatternEnds& left, const PatternEnds& right) {
  FuzzFound(std::string(what) + ": " + weir_test::Show(left) + " / " + weir_test::Show(right));
}

PatternEnds WithoutEnds(PatternEnds ends) {
  for (auto& [id, to] : ends) to = 0;
  return ends;
}

}  // namespace

// The first byte is the number of cuts, each taken from two bytes; the rest is the value.
void FuzzScan(std::span<const uint8_t> input) {
  static const auto program = CreateProgram();
  if (input.empty()) return;
  const size_t wanted = input[0] % 8;
  input = input.subspan(1);
  std::vector<size_t> cuts;
  for (size_t n = 0; n < wanted && input.size() >= 2; ++n) {
    cuts.push_back(input[0] * 256u + input[1]);
    input = input.subspan(2);
  }
  const std::string value(input.begin(), input.end());
  for (size_t& cut : cuts) cut = value.empty() ? 0 : cut % (value.size() + 1);
  std::sort(cuts.begin(), cuts.end());
  const PatternEnds whole = weir_test::ScanBlock(*program, value);
  for (const bool settle : {true, false}) {
    // One set after several chains: which chain's end is found first depends on the pieces, what matches does not.
    const PatternEnds cut = weir_test::ScanStream(program, value, cuts, settle);
    if (WithoutEnds(cut) != WithoutEnds(whole)) Differ("a stream and a block differ", cut, whole);
  }
  for (uint32_t id = 0; id + 1 < 26; id += 2) {
    if (whole.contains(id) != whole.contains(id + 1)) Differ("the engines differ", whole, whole);
  }
}
