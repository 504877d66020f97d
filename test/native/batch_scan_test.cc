#include "../../native/engine/batch_scan.h"

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

TEST(BatchScanKeepsFieldsApart) {
  const auto program = Program({{}}, {PatternSet::Compile({Regex(1, "ab"), Regex(2, "^b")}, "")});
  const Exact slab("aabb");
  std::vector<uint32_t> hits(2 + 3 * 10);
  const std::vector<uint32_t> fields{0, 0, 2, 0, 2, 2, 0, 1, 2, 0, 4, 0};
  CHECK_EQ(weir::BatchScan().Run(*program, slab.view(), fields, 4, hits), 2u);
  CHECK((std::vector<uint32_t>(hits.begin(), hits.begin() + 8) == std::vector<uint32_t>{2, 0, 1, 2, 1, 2, 1, 2}));
}

TEST(BatchScanRefusesFieldsOutsideTheSlab) {
  const auto program = Program({{}}, {PatternSet::Compile({Regex(1, "a")}, "")});
  const Exact slab("abcd");
  std::vector<uint32_t> hits(2 + 3 * 10);
  for (const std::vector<uint32_t>& field : std::vector<std::vector<uint32_t>>{
           {1, 0, 1}, {0, 5, 0}, {0, 0, 5}, {0, 3, 2}, {0, 0xFFFFFFFF, 1}, {0, 1, 0xFFFFFFFF}}) {
    CHECK_EQ(CodeOf([&] { weir::BatchScan().Run(*program, slab.view(), field, 1, hits); }), "native.argument");
  }
}

TEST(BatchScanFlagsOverflow) {
  const auto program = Program({{}}, {PatternSet::Compile({Regex(1, "a"), Regex(2, "b"), Regex(3, "c")}, "")});
  const Exact slab("abc");
  std::vector<uint32_t> hits(2 + 3 * 2);
  const std::vector<uint32_t> fields{0, 0, 3};
  CHECK_EQ(weir::BatchScan().Run(*program, slab.view(), fields, 1, hits), 2u);
  CHECK_EQ(hits[1], weir::kHitFlagOverflow);
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
  CHECK_EQ(code({{{}}, {{{1, set}}}}), "native.argument");
  CHECK_EQ(code({{{200}}, {{{0, set}}}}), "native.argument");
  CHECK_EQ(code({{std::vector<weir::TransformId>(65, 0)}, {{{0, set}}}}), "native.limit");
  CHECK_EQ(code({{}, std::vector<std::vector<weir::ProgramSource::Scan>>(5'000)}), "native.limit");
  CHECK_EQ(code({{}, {}}), "");
}
