// The detectors without Node: no read past a value, the same result every time, time linear in the value. What they should
// find and leave alone is in the tables of test/conformance/operator.

#include "../../native/engine/detect/detect.h"
#include "../../native/engine/detect/detector.h"
#include "../../native/engine/detect/sqli_evidence.h"
#include "../../native/engine/detect/sqli_gate.h"

#include <cctype>
#include <ctime>

#include "harness.h"

using weir::DetectSqli;
using weir::DetectXss;
using weir_test::Exact;
using weir_test::Random;

namespace {

// Characters with a meaning for the tokenisers, so that random values are full of them.
const char* const kPieces[] = {
    "'",      "\"",    "`",      "''",     "\\'",   "--",      "-- ",     "#",      "/*",      "*/",       "/*!50000", " ",      "\n",     "\t",
    "\xa0",   "\xc2\xa0", "1",   "1.5e3",  "0x41",  "1or",     "@@x",     "name",   "or",      "AND",      "||",     "&&",      "=",      "<>",
    "like",   "not",   "null",   "union",  "all",   "select",  "top",     "(",      ")",       ",",        ";",      ".",       "from",   "where",
    "sleep(", "count(", "if(",   "foo(",   "exec ", "xp_cmdshell", "into outfile", "order by", "having", "waitfor delay", "insert into", "update t set", "<", ">",
    "</",     "<!",    "<?",     "<!--",   "-->",   "<a ",     "<script", "<x:y",   "on",      "onload=",  "style=", "href=",   "javascript:", "data:text/html",
    "/",      "\xff",  "\xc3",   "{",      "}",     "[",       "]",       "?",      ":",       "$",        "%",      "+",       "*",      "!",
};

std::string RandomValue(Random& random, uint32_t pieces) {
  std::string value;
  for (uint32_t n = 0; n < pieces; ++n) {
    const uint32_t choice = random.Below(std::size(kPieces) + 4);
    if (choice < std::size(kPieces)) {
      value += kPieces[choice];
    } else {
      value += static_cast<char>(random.Below(256));
    }
  }
  return value;
}

// Processor time, so that waiting for a busy machine does not count.
double SecondsOf(const std::string& value) {
  const Exact exact(value);
  char fingerprint[weir::kFingerprintBytes];
  const std::clock_t start = std::clock();
  DetectSqli(exact.view(), fingerprint);
  DetectXss(exact.view());
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

}  // namespace

TEST(DetectorsReadRandomValuesWithinTheirBounds) {
  Random random(7);
  for (int round = 0; round < 60'000; ++round) {
    const std::string value = RandomValue(random, random.Below(16));
    const Exact exact(value);
    char fingerprint[weir::kFingerprintBytes];
    std::memset(fingerprint, 'z', sizeof(fingerprint));
    const bool is_sqli = DetectSqli(exact.view(), fingerprint);
    const size_t length = strnlen(fingerprint, sizeof(fingerprint));
    CHECK(length < sizeof(fingerprint));
    CHECK_EQ_AT(length > 0, is_sqli, value);
    char again[weir::kFingerprintBytes];
    CHECK_EQ_AT(DetectSqli(exact.view(), again), is_sqli, value);
    CHECK_EQ_AT(DetectXss(exact.view()), DetectXss(exact.view()), value);
  }
}

TEST(DetectorsTakeTimeLinearInTheValue) {
  std::vector<std::string> units;
  for (const char* const piece : kPieces) units.emplace_back(piece);
  for (const char* const unit : {"a b ", "(1", "foo(", "1+", "1,", "a.", "select ", "union ", "<a ", "<a x='", "x='y' ", "/*", "/**/", "--\n",
                                 "'--\n", "a\\", "or 1=", "update x ", "-- a", "or (", "select a,", "; (", "case when (", "elt(", "union(", ") *", "<object ",
                                 "<object", "&#x0;", "<a href=&#0", "sel", "1sel", "e5sel", "by ", "1by", "rlik", "5when ", "!=", "= ", "=\n", "\n(", "-\n(", "a.a(",
                                 "\\'", "boolean ", "5."}) {
    units.emplace_back(unit);
  }
  for (const std::string& unit : units) {
    std::string value;
    while (value.size() < 20'000) value += unit;
    const double small = SecondsOf(value);
    std::string large;
    while (large.size() < 400'000) large += unit;
    // Twenty times the bytes: a quadratic path would take four hundred times as long.
    CHECK_EQ_AT(SecondsOf(large) < 100 * small + 0.05, true, unit);
  }
}

// Parts of phrases, so that random values are full of them.
const char* const kPhrasePieces[] = {
    "'",      "\"",     "`",         "''",     "--",      "#",      "/*",    "*/",    "/**/",   "/*!50000", "\n",    "\xa0",      "\xc2\xa0", "\\",
    "1",      "1.5e3",  "0x41",      "1or",    "1e5or",   "5like",  "@x",    "name",  "or",     "and",      "||",     "=",         "<>",       "like",
    "not",    "null",   "union",     "all",    "select",  "(",      ")",     ",",     ";",      ".",        "from",   "where",     "having",   "case",
    "when",   "then",   "sleep(",    "elt(",   "if(",     "pg_sleep(", "dbms_lock", "exec", "xp_x", "order",  "by",     "waitfor",   "delay",    "insert",
    "into",   "update", "set",       "declare", "procedure", "analyse", "in", "boolean", "mode", "begin",    "call",   "drop",      "table",    "*",
    "-",      "!",      "5",         "'a'",    "$",       "5=5",    "5.",    ".5",     "5select", "1e5union", "dbms_x", ".y",      "xp_x.y(",  "n'a'",
    "/*!",    "--x",    "%u00e9",    "\xc3\xa0", "any",    "some",   "exec 'a'", "LIKE", "!=",     "e5sleep(5)", "rlike", "5when", "5.declare(", "shutdown",
};

bool HasEvidence(weir::ByteView value) {
  weir::SqlTokenizer plain(value, weir::SqlDialect::kAnsi);
  if (weir::SqlEvidence(plain, false).Find()) return true;
  for (const uint8_t quote : {'\'', '"', '`'}) {
    weir::SqlTokenizer rest(value, weir::SqlDialect::kAnsi);
    if (rest.SkipQuoted(quote) && weir::SqlEvidence(rest, true).Find()) return true;
  }
  return false;
}

TEST(TheGateStopsNoPhraseOfSql) {
  Random random(11);
  size_t found = 0;
  size_t closed = 0;
  for (int round = 0; round < 300'000; ++round) {
    std::string value;
    for (uint32_t n = 1 + random.Below(12); n > 0; --n) {
      value += kPhrasePieces[random.Below(std::size(kPhrasePieces))];
      if (random.Below(3) > 0) value += ' ';
    }
    const Exact exact(value);
    const bool has_evidence = HasEvidence(exact.view());
    const bool may_have = weir::MayHoldEvidence(exact.view());
    if (has_evidence) CHECK_EQ_AT(may_have, true, value);
    found += has_evidence ? 1 : 0;
    closed += may_have ? 0 : 1;
  }
  CHECK(found > 1'000);
  CHECK(closed > 1'000);
}

TEST(DetectSqliNamesTheShapeItFound) {
  char fingerprint[weir::kFingerprintBytes];
  CHECK(DetectSqli(Exact("1 or 1=1").view(), fingerprint));
  CHECK_EQ(std::string(fingerprint), "1&1o1");
  CHECK(!DetectSqli(Exact("one or two").view(), fingerprint));
  CHECK_EQ(std::string(fingerprint), "");
}

TEST(DetectorsFindNothingInTheEmptyValue) {
  char fingerprint[weir::kFingerprintBytes];
  CHECK(!DetectSqli({}, fingerprint));
  CHECK(!DetectXss({}));
}

// Values are judged by their byte sets where that is enough: the result must be the same.
TEST(DetectorsAgreeWithAFullReading) {
  Random random(47);
  char fingerprint[weir::kFingerprintBytes];
  for (int n = 0; n < 20'000; ++n) {
    const bool is_word = n % 4 == 0;
    std::string value = RandomValue(random, 1 + random.Below(6));
    if (is_word) std::erase_if(value, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_'; });
    const Exact exact(value);
    const weir::ByteSet bytes = weir::ByteSet::Of(exact.view());
    CHECK_EQ(weir::Detects(*weir::FindDetector("sqli"), exact.view(), bytes), DetectSqli(exact.view(), fingerprint));
    CHECK_EQ(weir::Detects(*weir::FindDetector("xss"), exact.view(), bytes), DetectXss(exact.view()));
  }
}
