#include "engine_fixture.h"
#include "fuzz.h"

namespace {

using weir_test::PatternEnds;

constexpr size_t kHitsMax = 4096;
constexpr size_t kFieldsMax = 12;

const std::vector<std::vector<std::string>> kChains{
    {}, {"urlDecodeUni"}, {"urlDecodeUni", "lowercase"}, {"htmlEntityDecode", "removeWhitespace"}, {"normalizePath"}};

weir::ProgramSource CreateSource(bool is_merged) {
  weir::ProgramSource source;
  source.classes.resize(2);
  std::vector<weir::Pattern> all;
  uint32_t id = 0;
  for (uint32_t chain = 0; chain < kChains.size(); ++chain) {
    auto& names = source.chains.emplace_back();
    for (const std::string& name : kChains[chain]) names.push_back(weir_test::TransformNamed(name));
    std::vector<weir::Pattern> patterns;
    for (const char* regex : {"a+b", "\\bor\\b", "^ab", "b\\z", "<\\w+", "\\.\\./", "[0-9]{3}", "a.c", "x|^\\z"}) {
      patterns.push_back(weir_test::Regex(id++, regex));
    }
    patterns.push_back(weir_test::Regex(id++, "(?:ab|cd)+\\W", weir::PatternEngine::kRe2));
    patterns.push_back(weir_test::Literal(id++, "select"));
    all.insert(all.end(), patterns.begin(), patterns.end());
    const auto set = weir::PatternSet::Compile(patterns, "");
    source.classes[0].scans.push_back({chain, set});
    if (chain < 2) source.classes[1].scans.push_back({chain, set});
  }
  if (is_merged) source.classes[0].merged = weir::PatternSet::Compile(all, "", weir::SetUse::kMerged);
  return source;
}

struct Fields {
  std::vector<uint8_t> slab;
  std::vector<uint32_t> table;
  size_t count() const { return table.size() / weir::kFieldWords; }
};

// Hits by field and pattern.
std::map<std::pair<uint32_t, uint32_t>, uint32_t> Run(weir::BatchScan& scan, const weir::ScanProgram& program,
                                                      const Fields& fields) {
  const weir_test::Exact slab({reinterpret_cast<const char*>(fields.slab.data()), fields.slab.size()});
  std::vector<uint32_t> hits(weir::kHitHeaderWords + weir::kHitWords * kHitsMax);
  scan.Run(program, slab.view(), fields.table, fields.count(), hits);
  if ((hits[1] & weir::kHitFlagOverflow) != 0) FuzzFound("hits overflow");
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> found;
  for (uint32_t n = 0; n < hits[0]; ++n) {
    const uint32_t* const words = &hits[weir::kHitHeaderWords + weir::kHitWords * n];
    if (!found.emplace(std::pair(words[0], words[1]), words[2]).second) FuzzFound("a hit is told twice");
  }
  return found;
}

Fields SplitIntoFields(std::span<const uint8_t> input) {
  Fields fields;
  size_t at = 0;
  while (at + 1 < input.size() && fields.count() < kFieldsMax) {
    const uint32_t field_class = input[at] % 2;
    const size_t length = std::min<size_t>(input[at + 1], input.size() - at - 2);
    const auto value = input.subspan(at + 2, length);
    fields.table.insert(fields.table.end(), {field_class, static_cast<uint32_t>(fields.slab.size()),
                                             static_cast<uint32_t>(length)});
    fields.slab.insert(fields.slab.end(), value.begin(), value.end());
    at += 2 + length;
  }
  return fields;
}

}  // namespace

// Fields: a byte for the class, one for the length, the value.
void FuzzProgram(std::span<const uint8_t> input) {
  static const auto alone = std::make_shared<const weir::ScanProgram>(CreateSource(false));
  static const weir::ScanProgram merged(CreateSource(true));
  static weir::BatchScan scan;
  const Fields fields = SplitIntoFields(input);
  const auto together = Run(scan, *alone, fields);
  if (Run(scan, merged, fields) != together) FuzzFound("a merged set finds something else");
  for (uint32_t n = 0; n < fields.count(); ++n) {
    const uint32_t* const words = &fields.table[n * weir::kFieldWords];
    const std::span value(fields.slab.data() + words[1], words[2]);
    const Fields one{{value.begin(), value.end()}, {words[0], 0, words[2]}};
    PatternEnds expected;
    for (const auto& [key, to] : together) {
      if (key.first == n) expected[key.second] = to;
    }
    PatternEnds by_itself;
    for (const auto& [key, to] : Run(scan, *alone, one)) by_itself[key.second] = to;
    if (by_itself != expected) {
      FuzzFound("a field alone and among others differ: " + weir_test::Show(by_itself) + " / " + weir_test::Show(expected));
    }
    if (words[0] != 0) continue;
    const std::string text(value.begin(), value.end());
    const PatternEnds stream = weir_test::ScanStream(alone, text, {text.size() / 3, text.size() / 2}, false);
    if (stream != expected) {
      FuzzFound("a stream and a batch differ: " + weir_test::Show(stream) + " / " + weir_test::Show(expected));
    }
  }
}
