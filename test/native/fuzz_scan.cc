#include "fuzz_scan.h"

#include <cstdlib>
#include <iostream>

#include "engine_fixture.h"

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
  std::cerr << what << ": " << weir_test::Show(left) << " / " << weir_test::Show(right) << "\n";
  std::abort();
}

PatternEnds WithoutEnds(PatternEnds ends) {
  for (auto& [id, to] : ends) to = 0;
  return ends;
}

}  // namespace

// The first byte says how many cuts, each taken from the next two; the rest is the value.
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
    // One set behind several chains: which chain's end is seen first depends on the pieces, what matches does not.
    const PatternEnds cut = weir_test::ScanStream(program, value, cuts, settle);
    if (WithoutEnds(cut) != WithoutEnds(whole)) Differ("a stream and a block differ", cut, whole);
  }
  for (uint32_t id = 0; id + 1 < 26; id += 2) {
    if (whole.contains(id) != whole.contains(id + 1)) Differ("the engines differ", whole, whole);
  }
}

// The first byte says how many transformations follow; the next cuts the value; the rest is the value.
void FuzzTransform(std::span<const uint8_t> input) {
  if (input.size() < 3) return;
  const auto id = static_cast<weir::TransformId>(input[0] % weir::TransformNames().size());
  const std::string value(input.begin() + 2, input.end());
  const size_t cut = value.empty() ? 0 : input[1] * value.size() / 256;
  const weir_test::Exact left(std::string_view(value).substr(0, cut));
  const weir_test::Exact right(std::string_view(value).substr(cut));
  const weir_test::Exact all(value);
  weir::Bytes whole;
  weir::ApplyTransform(id, all.view(), whole);
  weir::Bytes pieces;
  const auto transform = weir::CreateTransform(id);
  transform->Write(left.view(), pieces);
  transform->Write(right.view(), pieces);
  transform->End(pieces);
  if (whole != pieces) {
    std::cerr << weir::TransformNames()[id] << " depends on the cut\n";
    std::abort();
  }
  if (weir::IsIdentity(id, weir::ByteSet::Of(all.view()), value.size()) &&
      !std::ranges::equal(whole, all.view())) {
    std::cerr << weir::TransformNames()[id] << " changes what it says it does not\n";
    std::abort();
  }
}

// The first byte says what is tried.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t length) {
  if (length == 0) return 0;
  const std::span input(bytes + 1, length - 1);
  if (bytes[0] % 2 == 0) {
    FuzzScan(input);
  } else {
    FuzzTransform(input);
  }
  return 0;
}
