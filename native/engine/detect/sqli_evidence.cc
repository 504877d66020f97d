// Phrases: subqueries, unions, conditions of constants, calls and statements. Lists of columns are in sqli_lists.cc.

#include "sqli_evidence.h"

#include <algorithm>

#include "sqli_words.h"

namespace weir {
namespace {

bool IsKindOf(const SqlToken& token, SqlWord word) { return token.mark == SqlMark::kWord && token.word == word; }

bool IsLogical(const SqlToken& token) {
  return token.mark == SqlMark::kLogical || IsKindOf(token, SqlWord::kLogical);
}

}  // namespace

const SqlToken& SqlEvidence::At(size_t n) {
  // A token further ahead than this cannot belong to a phrase.
  n = std::min(n, kAheadMax - 1);
  while (count_ <= n) ahead_[(first_ + count_++) % kAheadMax] = tokenizer_.Next();
  return ahead_[(first_ + n) % kAheadMax];
}

void SqlEvidence::Advance() {
  before_before_ = before_;
  before_ = At(0);
  first_ = (first_ + 1) % kAheadMax;
  --count_;
  is_first_ = false;
}

std::string_view SqlEvidence::TextOf(const SqlToken& token) const {
  return {reinterpret_cast<const char*>(tokenizer_.value().data()) + token.from, token.to - token.from};
}

bool SqlEvidence::IsText(const SqlToken& token, std::string_view text) const {
  if (token.mark != SqlMark::kWord) return false;
  const std::string_view word = TextOf(token);
  return std::equal(word.begin(), word.end(), text.begin(), text.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
  });
}

bool SqlEvidence::Find() {
  for (; !IsMark(0, SqlMark::kEnd); Advance()) {
    if (IsEvidence()) return true;
  }
  return false;
}

bool SqlEvidence::IsEvidence() {
  switch (At(0).mark) {
    case SqlMark::kWord:
      return IsWordEvidence();
    case SqlMark::kLogical:
      return IsTautology();
    case SqlMark::kSemicolon:
      return IsStatement(1);
    case SqlMark::kOpen:
      // A truth value in a calculation: (5=5)*6.
      return ComparesLiterals(1) && IsMark(4, SqlMark::kClose) && IsMark(5, SqlMark::kArithmetic) && IsLiteral(6);
    default:
      return false;
  }
}

bool SqlEvidence::IsWordEvidence() {
  switch (At(0).word) {
    case SqlWord::kSelect:
      if (is_first_) return IsCallAt(1) && At(1).to == At(2).from;
      return before_.mark == SqlMark::kOpen && IsSubquery();
    case SqlWord::kUnion:
      return IsUnion();
    case SqlWord::kWhere:
    case SqlWord::kHaving:
      return IsCondition();
    case SqlWord::kOrder:
      return IsOrder();
    case SqlWord::kLogical:
      return IsTautology();
    case SqlWord::kCase:
      return IsCase();
    case SqlWord::kFunction:
    case SqlWord::kDangerous:
      return IsCall();
    case SqlWord::kWaitfor:
    case SqlWord::kProcedure:
    case SqlWord::kCompare:
    case SqlWord::kDeclare:
      return IsFlagOrDelay();
    default:
      return false;
  }
}

// Where a query may be: as an operand or an argument. `is_strict`: not directly after a value.
bool SqlEvidence::IsQueryPlace(bool is_strict) const {
  switch (before_before_.mark) {
    case SqlMark::kLogical:
    case SqlMark::kCompare:
    case SqlMark::kArithmetic:
    case SqlMark::kComma:
    case SqlMark::kOpen:
    case SqlMark::kSemicolon:
      return true;
    case SqlMark::kEnd:  // at the beginning
      return in_string_ || !is_strict;
    case SqlMark::kNumber:
    case SqlMark::kString:
    case SqlMark::kVariable:
    case SqlMark::kClose:
    case SqlMark::kOther:
      return !is_strict;
    case SqlMark::kWord:
      if (IsText(before_before_, "any") || IsText(before_before_, "some")) return true;
      return before_before_.word != SqlWord::kName && before_before_.word != SqlWord::kObject &&
             before_before_.word != SqlWord::kArticle;
    default:
      return false;
  }
}

// ( select …
bool SqlEvidence::IsSubquery() {
  const List list = ListAt(1);
  return list != List::kNone && IsQueryPlace(list == List::kLikely);
}

// union [all] ( select …
bool SqlEvidence::IsUnion() {
  const bool has_all = IsWord(1, SqlWord::kAll);
  const size_t at = SkipOpens(has_all ? 2 : 1);
  if (!IsWord(at, SqlWord::kSelect)) return false;
  return ListAt(at + 1) != List::kNone || (has_all && IsLiteral(at + 1));
}

// where 5=5: a condition that does not depend on data.
bool SqlEvidence::IsCondition() {
  const size_t at = SkipOpens(IsWord(1, SqlWord::kNot) ? 2 : 1);
  return ComparesLiterals(at) && (MayFollowCondition(at + 3) || IsLongTautology(at));
}

// or [not] 5=5, with the same value on both sides.
bool SqlEvidence::IsTautology() {
  const size_t at = SkipOpens(IsWord(1, SqlWord::kNot) ? 2 : 1);
  if (!ComparesLiterals(at) || !IsSame(At(at), At(at + 2))) return false;
  return MayFollowCondition(at + 3) || IsLongTautology(at);
}

// Nobody compares a long number with itself, whatever the surrounding words are.
bool SqlEvidence::IsLongTautology(size_t at) {
  return At(at).mark == SqlMark::kNumber && TextOf(At(at)).size() >= 3 && IsSame(At(at), At(at + 2)) &&
         !IsMark(at + 3, SqlMark::kOther);
}

// order by 5, followed only by a comment; after a string also by nothing.
bool SqlEvidence::IsOrder() {
  if (!IsWord(1, SqlWord::kBy) || !IsMark(2, SqlMark::kNumber)) return false;
  if (IsMark(3, SqlMark::kEnd)) return in_string_;
  const bool is_hash = IsMark(3, SqlMark::kArithmetic) && At(3).first == '#';
  return IsMark(3, SqlMark::kComment) || (is_hash && IsMark(4, SqlMark::kEnd));
}

bool SqlEvidence::IsSame(const SqlToken& a, const SqlToken& b) const {
  std::string_view left = TextOf(a);
  std::string_view right = TextOf(b);
  if (a.mark == SqlMark::kString) {
    left = left.substr(1, left.size() - 2);
    right = right.substr(1, right.size() - (b.mark == SqlMark::kString ? 2 : 1));
  }
  return left == right && !left.empty();
}

// case when 5=5 then, case 5 when 5 then
bool SqlEvidence::IsCase() {
  if (IsLiteral(1)) return IsWord(2, SqlWord::kWhen) && IsLiteral(3) && IsWord(4, SqlWord::kThen);
  if (!IsWord(1, SqlWord::kWhen)) return false;
  const size_t at = SkipOpens(2);
  if (!ComparesLiterals(at)) return IsCallAt(at);
  const size_t after = at + 3;
  return IsWord(after, SqlWord::kThen) || (IsMark(after, SqlMark::kClose) && at > 2);
}

// A call of a function that only injections call, or a call of any function with a condition of constants as its argument.
bool SqlEvidence::IsCall() {
  const bool is_dangerous = At(0).word == SqlWord::kDangerous;
  if (is_dangerous && IsMark(1, SqlMark::kDot)) {
    const bool is_package = !IsCommonName() && IsMark(2, SqlMark::kWord);
    return is_package && IsMark(3, SqlMark::kOpen);
  }
  if (!IsMark(1, SqlMark::kOpen) || before_.mark == SqlMark::kDot) return false;
  if (ComparesLiterals(2)) {
    const bool is_attached = At(0).to == At(1).from;
    if (!Reads(0, "if")) return IsMark(5, SqlMark::kComma) || (IsMark(5, SqlMark::kClose) && is_attached);
    // Other languages also have an "if" with a parenthesis.
    return IsMark(5, SqlMark::kComma) ||
           (IsMark(5, SqlMark::kClose) && (IsWord(6, SqlWord::kThen) || IsWord(6, SqlWord::kSelect) ||
                                           IsWord(6, SqlWord::kWaitfor) || IsWord(6, SqlWord::kDefine)));
  }
  if (!is_dangerous || !IsArgumentList(1)) return false;
  if (Reads(0, "benchmark") && IsMark(2, SqlMark::kNumber)) return IsMark(3, SqlMark::kComma) && IsCallAt(4);
  if (!IsCommonName()) return true;
  if (IsMark(2, SqlMark::kClose)) return false;
  const SqlToken& before = before_.mark == SqlMark::kArithmetic && before_.first == '!' ? before_before_ : before_;
  return IsLogical(before) || IsKindOf(before, SqlWord::kSelect) || IsKindOf(before, SqlWord::kCompare);
}

// Functions of other languages also have these names.
bool SqlEvidence::IsCommonName() { return Reads(0, "sleep") || Reads(0, "benchmark"); }

// waitfor delay '…', procedure analyse(…), in boolean mode), declare @x int
bool SqlEvidence::IsFlagOrDelay() {
  switch (At(0).word) {
    case SqlWord::kWaitfor:
      return IsWord(1, SqlWord::kDelay) &&
             (IsMark(2, SqlMark::kString) || IsMark(2, SqlMark::kVariable) ||
              (IsMark(2, SqlMark::kOpenString) && At(2).to - At(2).from > 2));
    case SqlWord::kProcedure:
      return Reads(1, "analyse") && IsMark(2, SqlMark::kOpen) && IsArgumentList(2);
    case SqlWord::kDeclare:
      return IsMark(1, SqlMark::kVariable) && IsMark(2, SqlMark::kWord) && At(2).to - At(2).from > 2;
    default:
      return in_string_ && is_first_ && Reads(0, "in") && Reads(1, "boolean") && Reads(2, "mode") &&
             IsMark(3, SqlMark::kClose);
  }
}

// After a semicolon only a complete statement counts, not just a word that statements begin with.
bool SqlEvidence::IsStatement(size_t at) {
  at = SkipOpens(at);
  if (At(at).mark != SqlMark::kWord) return false;
  switch (At(at).word) {
    case SqlWord::kSelect:
      return ListAt(at + 1) != List::kNone;
    case SqlWord::kInsert:
      return IsWord(at + 1, SqlWord::kInto) && IsMark(at + 2, SqlMark::kWord) &&
             (IsMark(at + 3, SqlMark::kOpen) || IsWord(at + 3, SqlWord::kValues) || IsWord(at + 3, SqlWord::kSelect) ||
              IsWord(at + 3, SqlWord::kSet));
    case SqlWord::kUpdate:
      return IsMark(at + 1, SqlMark::kWord) && IsWord(at + 2, SqlWord::kSet) && IsMark(at + 3, SqlMark::kWord) &&
             IsComparison(at + 4);
    case SqlWord::kDelete:
      // "We meet; delete from memory" is a sentence: there are two words before the semicolon, and nothing
      // after it.
      if (IsMark(at + 3, SqlMark::kEnd) && before_.mark == SqlMark::kWord && before_before_.mark == SqlMark::kWord) return false;
      return IsWord(at + 1, SqlWord::kFrom) && IsSource(at + 2);
    case SqlWord::kDefine:
      return IsDefinition(at);
    case SqlWord::kExecute:
      return IsExecution(at);
    case SqlWord::kShutdown:
      return IsMark(at + 1, SqlMark::kComment) || IsMark(at + 1, SqlMark::kSemicolon);
    case SqlWord::kDangerous:
      return IsMark(at + 1, SqlMark::kOpen) && IsArgumentList(at + 1);
    case SqlWord::kCall:
      // There is no space before the parenthesis of a call.
      return IsMark(at + 1, SqlMark::kWord) && IsMark(at + 2, SqlMark::kOpen) && At(at + 1).to == At(at + 2).from;
    case SqlWord::kSet:
      return IsMark(at + 1, SqlMark::kVariable) && IsComparison(at + 2);
    case SqlWord::kBegin:
      return IsMark(at + 1, SqlMark::kWord) && IsMark(at + 2, SqlMark::kDot) && IsMark(at + 3, SqlMark::kWord) &&
             IsMark(at + 4, SqlMark::kOpen);
    default:
      return false;
  }
}

// create [or replace] function f, drop table t: then the end, or what continues a definition.
bool SqlEvidence::IsDefinition(size_t at) {
  size_t object = at + 1;
  if (IsWord(object, SqlWord::kLogical) && IsWord(object + 1, SqlWord::kInsert)) object += 2;
  if (!IsWord(object, SqlWord::kObject) || !IsMark(object + 1, SqlMark::kWord)) return false;
  const SqlToken& next = At(object + 2);
  // Only DROP accepts lists.
  if (next.mark == SqlMark::kComma && !Reads(at, "drop")) return false;
  return next.mark != SqlMark::kOther && (next.mark != SqlMark::kWord || next.word != SqlWord::kName);
}

// exec xp_x, exec 'sp_'+'x', exec a.b, exec(@x), execute immediate
bool SqlEvidence::IsExecution(size_t at) {
  switch (At(at + 1).mark) {
    case SqlMark::kVariable:
      return true;
    case SqlMark::kOpen:
      return IsMark(at + 2, SqlMark::kString) || IsMark(at + 2, SqlMark::kVariable);
    case SqlMark::kWord: {
      if (At(at + 1).word == SqlWord::kImmediate || At(at + 1).word == SqlWord::kDangerous) return true;
      const SqlMark next = At(at + 2).mark;
      const bool is_procedure = TextOf(At(at + 1)).find('_') != std::string_view::npos;
      if (next == SqlMark::kDot || next == SqlMark::kVariable || next == SqlMark::kString) return true;
      return next == SqlMark::kComment || (is_procedure && next != SqlMark::kOther);
    }
    default:
      return false;
  }
}

bool SqlEvidence::IsLiteral(size_t at) {
  switch (At(at).mark) {
    case SqlMark::kNumber:
    case SqlMark::kString:
      return true;
    case SqlMark::kOpenString:
      return true;
    case SqlMark::kWord:
      return At(at).word == SqlWord::kLiteral;
    default:
      return false;
  }
}

// A comparison of SQL; "==" and "=>" belong to other languages.
bool SqlEvidence::IsComparison(size_t at) {
  if (At(at).mark == SqlMark::kWord) return Reads(at, "like") || Reads(at, "rlike") || Reads(at, "regexp");
  if (At(at).mark != SqlMark::kCompare) return false;
  const std::string_view text = TextOf(At(at));
  return text == "=" || text == "<" || text == ">" || text == "<=" || text == ">=" || text == "<>" || text == "!=";
}

// Whether this token may follow a condition.
bool SqlEvidence::MayFollowCondition(size_t at) {
  const SqlToken& token = At(at);
  if (token.mark == SqlMark::kOther || token.mark == SqlMark::kDot) return false;
  return token.mark != SqlMark::kWord || token.word != SqlWord::kName || IsMark(at + 1, SqlMark::kOpen);
}

}  // namespace weir
