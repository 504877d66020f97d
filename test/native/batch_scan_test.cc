#include "../../native/engine/batch_scan.h"

#include <thread>

#include "engine_fixture.h"

using weir::PatternSet;
using weir_test::CodeOf;
using weir_test::Exact;
using weir_test::Program;
using weir_test::Regex;
using weir_test::ScanBlock;
using weir_test::Show;

TEST(BatchScanScansEachChainWithItsOwnSet) {
  const auto raw = PatternSet::Compile({Regex(1, "a b"), Regex(2, "a%20B")}, "");
  const auto decoded = PatternSet::Compile({Regex(3, "a b"), Regex(4, "a B")}, "");
  const auto program = Program({{}, {"urlDecodeUni"}, {"urlDecodeUni", "lowercase"}},
                               {raw, decoded, PatternSet::Compile({Regex(5, "a b")}, "")});
  CHECK_EQ(Show(ScanBlock(*program, "a%20B")), "2@5 4@3 5@3 ");
  CHECK_EQ(Show(ScanBlock(*program, "a b")), "1@3 3@3 5@3 ");
  CHECK_EQ(Show(ScanBlock(*program, "")), "");
  CHECK_EQ(program->class_at(0).steps.size(), 3u);
}

TEST(BatchScanSharesCommonPrefixes) {
  const auto set = PatternSet::Compile({Regex(1, "a")}, "");
  const auto program = Program({{"urlDecodeUni", "lowercase"}, {"urlDecodeUni", "removeNulls"}, {"urlDecodeUni"}},
                               {set, set, set});
  CHECK_EQ(program->class_at(0).steps.size(), 4u);
  CHECK_EQ(program->class_at(0).pattern_count, 1u);
  CHECK_EQ(Show(ScanBlock(*program, "%41")), "1@1 ");
}

TEST(BatchScanRunsDetectorsOnEachOutput) {
  const auto detector = [](uint32_t id, const char* name) {
    weir::Pattern pattern;
    pattern.id = id;
    pattern.engine = weir::PatternEngine::kDetector;
    pattern.source = name;
    return pattern;
  };
  const auto program =
      Program({{}, {"urlDecodeUni"}, {"urlDecodeUni", "lowercase"}},
              {PatternSet::Compile({detector(1, "xss")}, ""), PatternSet::Compile({detector(2, "xss")}, ""),
               PatternSet::Compile({detector(3, "xss"), detector(4, "sqli")}, "")});
  CHECK_EQ(Show(ScanBlock(*program, "<script>")), "1@0 2@0 3@0 ");
  CHECK_EQ(Show(ScanBlock(*program, "%3CSCRIPT>")), "2@0 3@0 ");
  CHECK_EQ(Show(ScanBlock(*program, "1' or 1=1--")), "4@0 ");
  CHECK_EQ(Show(ScanBlock(*program, "some words")), "");
  CHECK_EQ(CodeOf([&] { PatternSet::Compile({detector(1, "xxe")}, ""); }), "pattern.compile");
}

TEST(BatchScanKeepsFieldsApart) {
  const auto program = Program({{}}, {PatternSet::Compile({Regex(1, "ab"), Regex(2, "^b")}, "")});
  const Exact slab("aabb");
  std::vector<uint32_t> hits(3 + 3 * 10);
  const std::vector<uint32_t> fields{0, 0, 2, 0, 2, 2, 0, 1, 2, 0, 4, 0};
  CHECK_EQ(weir::BatchScan().Run(*program, slab.view(), fields, 4, hits), 2u);
  CHECK((std::vector<uint32_t>(hits.begin() + 3, hits.begin() + 9) == std::vector<uint32_t>{1, 2, 1, 2, 1, 2}));
}

TEST(BatchScanRefusesFieldsOutsideTheSlab) {
  const auto program = Program({{}}, {PatternSet::Compile({Regex(1, "a")}, "")});
  const Exact slab("abcd");
  std::vector<uint32_t> hits(3 + 3 * 10);
  for (const std::vector<uint32_t>& field : std::vector<std::vector<uint32_t>>{
           {1, 0, 1}, {0, 5, 0}, {0, 0, 5}, {0, 3, 2}, {0, 0xFFFFFFFF, 1}, {0, 1, 0xFFFFFFFF}}) {
    CHECK_EQ(CodeOf([&] { weir::BatchScan().Run(*program, slab.view(), field, 1, hits); }), "native.argument");
  }
}

TEST(BatchScanFlagsOverflow) {
  const auto program = Program({{}}, {PatternSet::Compile({Regex(1, "a"), Regex(2, "b"), Regex(3, "c")}, "")});
  const Exact slab("abc");
  std::vector<uint32_t> hits(3 + 3 * 2);
  const std::vector<uint32_t> fields{0, 0, 3};
  CHECK_EQ(weir::BatchScan().Run(*program, slab.view(), fields, 1, hits), 2u);
  CHECK_EQ(hits[1], weir::kHitFlagOverflow);
}

TEST(BatchScanCountsWork) {
  const auto program = Program({{}}, {PatternSet::Compile({Regex(1, "a")}, "")});
  std::vector<uint32_t> hits(3 + 3 * 10);
  const auto work = [&](const std::string& value) {
    const Exact slab(value);
    weir::BatchScan().Run(*program, slab.view(), std::vector<uint32_t>{0, 0, static_cast<uint32_t>(value.size())}, 1, hits);
    return hits[2];
  };
  CHECK(work("b") > 0);
  CHECK(work(std::string(1'000, 'b')) > work("b") + 999);
  CHECK_EQ(work(std::string(1'000, 'b')), work(std::string(1'000, 'c')));
}

// A name that a decoder cut at the limit comes with every element of a list.
TEST(BatchScanScansALongValueOnce) {
  const auto program = Program({{}}, {PatternSet::Compile({Regex(1, "ab"), Regex(2, "b$")}, "")});
  const std::string name = std::string(2'000, 'x') + "ab";
  std::string text;
  std::vector<uint32_t> fields;
  for (int n = 0; n < 50; ++n) {
    for (const std::string& value : {name, std::to_string(n), std::string(100, 'b')}) {
      fields.insert(fields.end(), {0, static_cast<uint32_t>(text.size()), static_cast<uint32_t>(value.size())});
      text += value;
    }
  }
  const Exact slab(text);
  std::vector<uint32_t> hits(3 + 3 * 1'000);
  CHECK_EQ(weir::BatchScan().Run(*program, slab.view(), fields, 150, hits), 150u);
  for (uint32_t n = 0; n < 50; ++n) {
    const std::vector<uint32_t> wanted{3 * n, 1, 2'002, 3 * n, 2, 2'002, 3 * n + 2, 2, 100};
    CHECK(std::vector<uint32_t>(hits.begin() + 3 + 9 * n, hits.begin() + 12 + 9 * n) == wanted);
  }
  CHECK(hits[2] < 6 * 2'102 + 50 * 600);
  // Without room for the hits there is nothing to copy: the buffer must grow.
  std::vector<uint32_t> small(3 + 3);
  weir::BatchScan().Run(*program, slab.view(), fields, 150, small);
  CHECK_EQ(small[1], weir::kHitFlagOverflow);
}

TEST(BatchScanAppliesChains) {
  weir::BatchScan scan;
  const Exact value("A%42");
  const std::vector<weir::TransformId> chain{weir_test::TransformNamed("urlDecodeUni"),
                                             weir_test::TransformNamed("lowercase"),
                                             weir_test::TransformNamed("uppercase")};
  const weir::ByteView result = scan.Apply(chain, value.view());
  CHECK_EQ(std::string(result.begin(), result.end()), "AB");
  const Exact plain("AB");
  CHECK(scan.Apply(chain, plain.view()).data() == plain.view().data());
}

TEST(ScanProgramRefusesWhatItDoesNotKnow) {
  const auto set = PatternSet::Compile({Regex(1, "a")}, "");
  const auto code = [](const weir::ProgramSource& source) { return CodeOf([&] { weir::ScanProgram program(source); }); };
  CHECK_EQ(code({{{}}, {{{{1, set}}, nullptr, {}}}}), "native.argument");
  CHECK_EQ(code({{{200}}, {{{{0, set}}, nullptr, {}}}}), "native.argument");
  CHECK_EQ(code({{std::vector<weir::TransformId>(65, 0)}, {{{{0, set}}, nullptr, {}}}}), "native.limit");
  CHECK_EQ(code({{}, std::vector<weir::ProgramSource::Class>(5'000)}), "native.limit");
  CHECK_EQ(code({{}, {}}), "");
}

namespace {

// Patterns of every tier, each with its own chain, as in CRS.
struct ManyChains {
  weir::ProgramSource source;
  std::vector<weir::Pattern> all;

  void Add(const std::vector<std::string>& chain, const std::vector<weir::Pattern>& patterns) {
    auto& added = source.chains.emplace_back();
    for (const std::string& name : chain) added.push_back(weir_test::TransformNamed(name));
    if (source.classes.empty()) source.classes.emplace_back();
    const auto index = static_cast<uint32_t>(source.chains.size() - 1);
    source.classes[0].scans.push_back({index, PatternSet::Compile(patterns, "")});
    for (const weir::Pattern& pattern : patterns) {
      if (pattern.engine == weir::PatternEngine::kHyperscan || !pattern.plain_source.empty()) all.push_back(pattern);
    }
  }
};

weir::Pattern Needing(weir::Pattern pattern, std::string_view bytes) {
  weir::ByteSet set;
  for (const char c : bytes) set.Add(static_cast<uint8_t>(c));
  pattern.required.push_back(set);
  return pattern;
}

// Matches with and without bytes that are not plain.
weir::Pattern Evasive(uint32_t id) {
  weir::Pattern pattern = Regex(id, "a['^]*b\\b", weir::PatternEngine::kRe2);
  pattern.plain_source = "ab\\b";
  return pattern;
}

// A plain source that Hyperscan rejects: RE2 continues to match the pattern.
weir::Pattern Refused(uint32_t id) {
  weir::Pattern pattern = Regex(id, "b A", weir::PatternEngine::kRe2);
  pattern.plain_source = "(";
  return pattern;
}

ManyChains CreateManyChains() {
  ManyChains many;
  many.Add({"uppercase"}, {Evasive(71), Refused(72)});
  many.Add({}, {Evasive(5), Refused(6), Needing(Regex(1, "ab"), "a"), Needing(Regex(2, "a<b"), "<"), weir_test::Literal(3, "x/y"),
                Regex(4, "a b\\b", weir::PatternEngine::kRe2)});
  many.Add({"urlDecodeUni"}, {Needing(Regex(11, "ab"), "a"), Needing(Regex(12, "a<b"), "<"), Regex(13, "^$")});
  many.Add({"urlDecodeUni", "lowercase"}, {Regex(21, "ab"), weir_test::Literal(22, "x/y")});
  many.Add({"removeWhitespace"}, {Regex(31, "ab"), Needing(Regex(32, "a<b"), "<")});
  many.Add({"htmlEntityDecode"}, {Regex(41, "a<b"), Regex(42, "b$")});
  many.Add({"base64Decode"}, {Regex(51, "ab"), Regex(52, "^.?$")});
  many.Add({"cmdLine"}, {Regex(61, "a b"), Regex(62, "ab")});
  return many;
}

}  // namespace

TEST(BatchScanMergedFindsWhatEachChainFindsAlone) {
  ManyChains many = CreateManyChains();
  const weir::ScanProgram alone(many.source);
  many.source.classes[0].merged = PatternSet::Compile(many.all, "", weir::SetUse::kMerged);
  const weir::ScanProgram merged(many.source);
  weir_test::Random random(11);
  const std::vector<std::string> parts{"a", "b", "A", "B", " ", "<", "%3c", "%41", "&lt;", "x/y", "X%2fY", ",", "YWI", "=", "^", "\n"};
  CHECK_EQ(Show(ScanBlock(merged, "")), Show(ScanBlock(alone, "")));
  for (int round = 0; round < 4'000; ++round) {
    std::string value;
    const uint32_t length = 1 + random.Below(round % 2 == 0 ? 4 : 12);
    // Half of the values are text.
    while (value.size() < length) value += parts[random.Below(round % 4 < 2 ? 5 : static_cast<uint32_t>(parts.size()))];
    CHECK_EQ_AT(Show(ScanBlock(merged, value)), Show(ScanBlock(alone, value)), "'" + value + "'");
  }
}

TEST(BatchScanCountsMembersOnly) {
  ManyChains many = CreateManyChains();
  many.source.classes[0].members = std::vector<uint32_t>{1, 12, 4, 9'999};
  const weir::ScanProgram alone(many.source);
  CHECK_EQ(Show(ScanBlock(alone, "a<b ab a b")), "1@6 4@10 12@3 ");
  CHECK_EQ(alone.class_at(0).pattern_count, 3u);
  many.source.classes[0].merged = PatternSet::Compile(many.all, "", weir::SetUse::kMerged);
  const weir::ScanProgram merged(many.source);
  CHECK_EQ(Show(ScanBlock(merged, "a<b ab a b")), "1@6 4@10 12@3 ");
}

TEST(ScanProgramRefusesAMergedSetThatDoesNotFit) {
  ManyChains many = CreateManyChains();
  const auto code = [&](std::shared_ptr<const PatternSet> set) {
    many.source.classes[0].merged = std::move(set);
    return CodeOf([&] { weir::ScanProgram program(many.source); });
  };
  CHECK_EQ(code(PatternSet::Compile(many.all, "", weir::SetUse::kMerged)), "");
  CHECK_EQ(code(PatternSet::Compile(many.all, "")), "native.argument");
  CHECK_EQ(code(PatternSet::Compile({many.all[0]}, "", weir::SetUse::kMerged)), "native.argument");
  CHECK_EQ(code(PatternSet::Compile({Regex(1, "a", weir::PatternEngine::kRe2)}, "", weir::SetUse::kMerged)),
           "native.argument");
}

// The list of steps that may change text is made once with the set of all text bytes: what is true for it must be true for
// every value of text.
TEST(KeepsTextHoldsForEveryText) {
  weir_test::Random random(5);
  for (size_t id = 0; id < weir::TransformNames().size(); ++id) {
    const auto transform = static_cast<weir::TransformId>(id);
    if (!weir::KeepsText(transform)) continue;
    for (int round = 0; round < 300; ++round) {
      std::string value;
      for (uint32_t n = random.Below(8); n > 0; --n) value += "azAZ059_ .,-"[random.Below(12)];
      const Exact bytes(value);
      const std::string name(weir::TransformNames()[id]);
      CHECK_EQ_AT(weir::IsIdentity(transform, weir::ByteSet::Of(bytes.view()), value.size()), true, name);
      weir::Bytes out;
      weir::ApplyTransform(transform, bytes.view(), out);
      CHECK_EQ_AT(std::string(out.begin(), out.end()), value, name);
    }
  }
}

TEST(ScanProgramIsSharedByThreads) {
  ManyChains many = CreateManyChains();
  many.source.classes[0].merged = PatternSet::Compile(many.all, "", weir::SetUse::kMerged);
  const weir::ScanProgram program(many.source);
  const std::string wanted = Show(ScanBlock(program, "a<b ab a b%41"));
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&] {
      for (int round = 0; round < 100; ++round) CHECK_EQ(Show(ScanBlock(program, "a<b ab a b%41")), wanted);
    });
  }
  for (std::thread& thread : threads) thread.join();
}
