// The readings of a value: in each context and dialect that can matter, fold and compare with the shapes.

#include <algorithm>
#include <cstring>

#include "detect.h"
#include "detector.h"
#include "sqli_condition.h"
#include "sqli_evidence.h"
#include "sqli_fold.h"
#include "sqli_gate.h"
#include "sqli_shapes.h"

namespace weir {
namespace {

bool IsLetter(uint8_t byte) { return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }

class SqliReader {
 public:
  SqliReader(ByteView value, char (&fingerprint)[kFingerprintBytes]) : value_(value), fingerprint_(fingerprint) {}

  bool Detect() {
    if (DetectPlain(SqlDialect::kAnsi) || DetectQuoted('\'', SqlDialect::kAnsi) || DetectQuoted('"', SqlDialect::kAnsi)) {
      return true;
    }
    if (HasEvidence() || SqlCondition(value_, SqlDialect::kAnsi).Find()) return Report("!");
    if (!HasDialects()) return false;
    if (SqlCondition(value_, SqlDialect::kMysql).Find()) return Report("!");
    return DetectPlain(SqlDialect::kMysql) || DetectQuoted('\'', SqlDialect::kMysql) ||
           DetectQuoted('"', SqlDialect::kMysql);
  }

 private:
  bool HasDialects() const {
    const std::string_view text(reinterpret_cast<const char*>(value_.data()), value_.size());
    return Holds('#') || text.find("--") != std::string_view::npos;
  }

  // Much faster than std::find: on a long text, most of the time goes into searching for bytes that it does not contain.
  bool Holds(uint8_t byte) const { return !value_.empty() && std::memchr(value_.data(), byte, value_.size()) != nullptr; }

  // Finds phrases that are SQL in any position: after the value's first byte, and after the quote that may end a string.
  bool HasEvidence() {
    if (!MayHoldEvidence(value_)) return false;
    SqlTokenizer plain(value_, SqlDialect::kAnsi);
    if (!IsPath() && SqlEvidence(plain, false).Find()) return true;
    for (const uint8_t quote : {'\'', '"', '`'}) {
      if (!Holds(quote)) continue;
      SqlTokenizer rest(value_, SqlDialect::kAnsi);
      if (rest.SkipQuoted(quote) && SqlEvidence(rest, true).Find()) return true;
    }
    return false;
  }

  // Words in a path are names, unless a quote ends the path.
  bool IsPath() const { return value_.size() > 1 && value_[0] == '/' && IsLetter(value_[1]); }

  bool DetectPlain(SqlDialect dialect) {
    SqlTokenizer tokenizer(value_, dialect);
    if (Read(tokenizer, SqlContext::kPlain)) return true;
    // A comment in the value can be there to break words up: what follows it is also read by itself, once.
    const size_t after = tokenizer.first_comment_end();
    if (after == 0) return false;
    SqlTokenizer rest(value_.subspan(after), dialect);
    return Read(rest, SqlContext::kAfterComment);
  }

  bool DetectQuoted(uint8_t quote, SqlDialect dialect) {
    if (!Holds(quote)) return false;
    SqlTokenizer tokenizer(value_, dialect);
    if (!tokenizer.SkipQuoted(quote)) return false;
    return Read(tokenizer, ContextOf(quote, tokenizer.at() - 1));
  }

  // What the quote at this offset may be, apart from the end of a string.
  SqlContext ContextOf(uint8_t quote, size_t at) const {
    if (at == 0) return SqlContext::kEmpty;
    const uint8_t before = value_[at - 1];
    const uint8_t after = at + 1 < value_.size() ? value_[at + 1] : 0;
    if (quote == '\'' && IsLetter(before) && IsLetter(after)) {
      // "a'or'b" is not a contraction: that has no second quote after its word.
      size_t end = at + 1;
      while (end < value_.size() && IsLetter(value_[end])) ++end;
      return end < value_.size() && value_[end] == quote ? SqlContext::kQuoted : SqlContext::kContraction;
    }
    constexpr std::string_view kBefore = "([{=:,;`<>";
    const bool may_begin = before <= ' ' || kBefore.find(static_cast<char>(before)) != std::string_view::npos;
    return may_begin ? SqlContext::kQuotation : SqlContext::kQuoted;
  }

  static SqlFolder::Start StartOf(SqlContext context) {
    switch (context) {
      case SqlContext::kEmpty:
        return SqlFolder::Start::kEmptyString;
      case SqlContext::kQuoted:
      case SqlContext::kContraction:
        return SqlFolder::Start::kString;
      case SqlContext::kQuotation:
        return SqlFolder::Start::kQuotation;
      case SqlContext::kPlain:
      case SqlContext::kAfterComment:
        return SqlFolder::Start::kPlain;
    }
    return SqlFolder::Start::kPlain;
  }

  bool Read(SqlTokenizer& tokenizer, SqlContext context) {
    SqlFolder folder(tokenizer, StartOf(context));
    while (folder.Step()) {
      if (!folder.has_changed()) continue;
      const ShapeVerdict verdict = JudgeShape(folder.shape(), context, false);
      if (verdict == ShapeVerdict::kInjection) return Report(folder.shape());
      if (verdict == ShapeVerdict::kDead) return false;
    }
    return JudgeShape(folder.shape(), context, folder.has_ended()) == ShapeVerdict::kInjection && Report(folder.shape());
  }

  bool Report(std::string_view shape) {
    std::copy(shape.begin(), shape.end(), fingerprint_);
    fingerprint_[shape.size()] = '\0';
    return true;
  }

  ByteView value_;
  char (&fingerprint_)[kFingerprintBytes];
};

}  // namespace

bool DetectSqli(ByteView value, char (&fingerprint)[kFingerprintBytes]) {
  std::memset(fingerprint, 0, sizeof(fingerprint));
  return SqliReader(value, fingerprint).Detect();
}

namespace {

// A value of only these bytes is a single word, which cannot continue a query.
constexpr ByteSet WordBytes() {
  ByteSet set;
  for (unsigned byte = '0'; byte <= '9'; ++byte) set.Add(static_cast<uint8_t>(byte));
  for (unsigned byte = 'a'; byte <= 'z'; ++byte) set.Add(static_cast<uint8_t>(byte));
  for (unsigned byte = 'A'; byte <= 'Z'; ++byte) set.Add(static_cast<uint8_t>(byte));
  set.Add('_');
  return set;
}

constexpr ByteSet kWordBytes = WordBytes();

bool MayContinueQuery(const ByteSet& bytes) { return !bytes.IsSubsetOf(kWordBytes); }

bool ContinuesQuery(ByteView value) {
  char fingerprint[kFingerprintBytes];
  return DetectSqli(value, fingerprint);
}

}  // namespace

extern constinit const DetectorKind kSqliDetector = {"sqli", MayContinueQuery, ContinuesQuery};

}  // namespace weir
