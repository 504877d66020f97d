#include "../../native/engine/pattern_set.h"

#include "engine_fixture.h"

using weir::PatternEngine;
using weir::PatternSet;
using weir_test::CodeOf;
using weir_test::Exact;
using weir_test::Literal;
using weir_test::Regex;

namespace {

std::string CompileCode(const std::vector<weir::Pattern>& patterns, std::string* message = nullptr) {
  return CodeOf([&] { PatternSet::Compile(patterns, ""); }, message);
}

weir::ByteSet Bytes(std::string_view text) {
  weir::ByteSet set;
  for (const char c : text) set.Add(static_cast<uint8_t>(c));
  return set;
}

std::string HitIds(const std::shared_ptr<const PatternSet>& set, std::string_view value) {
  std::string ids;
  for (const auto& [id, to] : weir_test::ScanSet(set, value)) ids += std::to_string(id) + " ";
  return ids;
}

}  // namespace

TEST(PatternSetRejectsWhatIsNotAPattern) {
  std::string message;
  CHECK_EQ(CompileCode({Regex(1, "ok"), Regex(2, "a(")}, &message), "pattern.compile");
  CHECK(message.starts_with("pattern 1: "));
  CHECK_EQ(CompileCode({Literal(1, "x"), Regex(2, "b[", PatternEngine::kRe2)}, &message), "pattern.compile");
  CHECK(message.starts_with("pattern 1: "));
  CHECK_EQ(CompileCode({Regex(1, "a"), Regex(1, "b")}), "pattern.compile");
  CHECK_EQ(CompileCode({Regex(1, "a"), Literal(1, "b")}), "pattern.compile");
  CHECK_EQ(CompileCode({Literal(1, "a"), Literal(1, "b")}), "");
  CHECK_EQ(CompileCode({Literal(1, "")}), "pattern.compile");
  CHECK_EQ(CompileCode({Regex(1u << 20, "a")}), "pattern.compile");
  CHECK_EQ(CompileCode({Regex(1, std::string("a\0b", 3))}), "pattern.compile");
  CHECK_EQ(CompileCode({Regex(1, std::string(70'000, 'a'))}), "pattern.compile");
  weir::Pattern no_re2 = Regex(1, "a", PatternEngine::kRe2);
  no_re2.re2_source = "";
  CHECK_EQ(CompileCode({no_re2}), "pattern.compile");
  weir::Pattern re2_literal = Literal(1, "a");
  re2_literal.engine = PatternEngine::kRe2;
  CHECK_EQ(CompileCode({re2_literal}), "pattern.compile");
  CHECK_EQ(CompileCode(std::vector<weir::Pattern>(65'537, Literal(1, "a"))), "native.limit");
}

TEST(PatternSetMayBeEmpty) {
  const auto set = PatternSet::Compile({}, "");
  CHECK_EQ(HitIds(set, "anything"), "");
  CHECK_EQ(set->report().pattern_count, 0u);
  CHECK_EQ(set->pattern_id_end(), 0u);
}

TEST(PatternSetUsesBothEngines) {
  const auto set = PatternSet::Compile({Regex(1, "a+b"), Regex(2, "c+d\\b", PatternEngine::kRe2), Literal(3, "Ef"), Literal(3, "gh")}, "");
  CHECK_EQ(HitIds(set, "aab ccd EF gh"), "1 2 3 ");
  CHECK_EQ(HitIds(set, "ccdx"), "");
  CHECK_EQ(set->report().pattern_count, 4u);
  CHECK_EQ(set->report().re2_pattern_count, 1u);
  CHECK(set->report().database_bytes > 0);
}

TEST(PatternSetSkipsPatternsThatLackARequiredByte) {
  for (const PatternEngine engine : {PatternEngine::kHyperscan, PatternEngine::kRe2}) {
    // The required byte is deliberately wrong: it shows that the gate skips the pattern.
    weir::Pattern gated = Regex(1, "abc", engine);
    gated.required = {Bytes("abc"), Bytes("!?")};
    const auto set = PatternSet::Compile({gated}, "");
    CHECK_EQ(HitIds(set, "abc"), "");
    CHECK_EQ(HitIds(set, "abc?"), "1 ");
  }
}

TEST(PatternSetScansWhenOnePatternHasNoRequirement) {
  weir::Pattern gated = Regex(1, "abc");
  gated.required = {Bytes("!")};
  const auto set = PatternSet::Compile({gated, Regex(2, "xyz")}, "");
  CHECK_EQ(HitIds(set, "xyz"), "2 ");
}

TEST(PatternSetScansNothingForPatternsThatNeedNothing) {
  // `^$` needs no byte: the gate must not keep the empty value out.
  weir::Pattern gated = Regex(1, "!");
  gated.required = {Bytes("!")};
  for (const weir::SetUse use : {weir::SetUse::kAny, weir::SetUse::kBlock, weir::SetUse::kStream}) {
    const auto set = PatternSet::Compile({gated, Regex(2, "^$")}, "", use);
    CHECK_EQ(HitIds(set, ""), "2 ");
    CHECK_EQ(HitIds(set, "!"), "1 ");
  }
}

TEST(PatternSetFindsTheSameForEveryUse) {
  weir::Pattern text = Regex(1, "un+ion");
  text.required = {Bytes("uU"), Bytes("n")};
  weir::Pattern address = Regex(2, "https?:");
  address.required = {Bytes(":"), Bytes("h")};
  weir::Pattern special = Regex(3, "<script");
  special.required = {Bytes("<")};
  const std::vector<weir::Pattern> patterns{text, address, special, Literal(4, "etc/passwd"), Literal(5, "select"),
                                            Literal(6, "@@version"), Literal(7, "`id`")};
  const auto any = PatternSet::Compile(patterns, "");
  const auto stream = PatternSet::Compile(patterns, "", weir::SetUse::kStream);
  const auto block = PatternSet::Compile(patterns, "", weir::SetUse::kBlock);
  for (const char* value : {"", "union", "http://x", "<script", "/ETC/passwd", "Select", "@@VERSION", "`id`",
                            "union select http: <script> /etc/passwd @@version `ID`", "nothing", "!!"}) {
    CHECK_EQ(HitIds(stream, value), HitIds(any, value));
    CHECK_EQ(HitIds(block, value), HitIds(any, value));
  }
  CHECK(!block->CanStream());
  CHECK(stream->CanStream());
}

TEST(PatternSetLocatesCapturesOfEveryKind) {
  const auto set = PatternSet::Compile(
      {Regex(1, "a(b)"), Literal(2, "needle"), Regex(3, "c(d)", PatternEngine::kRe2), [] {
         weir::Pattern plain = Regex(4, "x");
         plain.re2_source = "";
         return plain;
       }()},
      "");
  std::vector<uint32_t> groups(20);
  const Exact value("-ab NEEDLE cd");
  CHECK_EQ(set->Groups(1, value.view(), groups), 2u);
  CHECK_EQ(groups[2], 2u);
  CHECK_EQ(set->Groups(2, value.view(), groups), 1u);
  CHECK_EQ(groups[0], 4u);
  CHECK_EQ(groups[1], 10u);
  CHECK_EQ(set->Groups(3, value.view(), groups), 2u);
  CHECK_EQ(CodeOf([&] { set->Groups(4, value.view(), groups); }), "native.argument");
  CHECK_EQ(CodeOf([&] { set->Groups(99, value.view(), groups); }), "native.argument");
}

TEST(PatternSetsOfTheSameExpressionsShareDatabases) {
  const auto first = PatternSet::Compile({Regex(1, "shared+a"), Regex(2, "shared+b"), Literal(3, "x"), Literal(3, "y")}, "");
  const auto second = PatternSet::Compile({Regex(7, "shared+a"), Regex(9, "shared+b"), Literal(12, "x"), Literal(12, "y")}, "");
  CHECK(first->stream_database() == second->stream_database());
  CHECK(!first->report().from_cache);
  CHECK(second->report().from_cache);
  CHECK_EQ(HitIds(first, "sharedb y"), "2 3 ");
  CHECK_EQ(HitIds(second, "sharedb y"), "9 12 ");
  const auto other = PatternSet::Compile({Regex(1, "shared+a"), Regex(2, "shared+b")}, "");
  CHECK(other->stream_database() != first->stream_database());
  const auto caseless = [] {
    weir::Pattern pattern = Regex(1, "shared+a");
    pattern.caseless = !pattern.caseless;
    return PatternSet::Compile({pattern, Regex(2, "shared+b")}, "");
  }();
  CHECK(caseless->stream_database() != other->stream_database());
}
