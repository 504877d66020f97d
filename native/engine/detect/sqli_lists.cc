// Lists of columns and of arguments: distinguishes those of a query from what follows the same word in a sentence.

#include "sqli_evidence.h"

namespace weir {

size_t SqlEvidence::SkipOpens(size_t at) {
  for (size_t n = 0; n < kSkippedMax && IsMark(at, SqlMark::kOpen); ++n) ++at;
  return at;
}

// How certain it is that a list of columns follows "select".
SqlEvidence::List SqlEvidence::ListAt(size_t at) {
  for (size_t n = 0; n < 2 && IsWord(at, SqlWord::kAll); ++n) ++at;
  if (IsWord(at, SqlWord::kTop) && IsMark(at + 1, SqlMark::kNumber)) at += 2;
  const size_t from = at;
  at = SkipOpens(at);
  const bool is_grouped = at > from;
  const SqlToken& first = At(at);
  switch (first.mark) {
    case SqlMark::kVariable:
      return List::kCertain;
    case SqlMark::kArithmetic:
      if (first.first != '*') return IsLiteral(at + 1) || IsCallAt(at + 1) ? List::kCertain : List::kNone;
      return IsWord(at + 1, SqlWord::kFrom) && IsSource(at + 2) ? List::kCertain : List::kNone;
    case SqlMark::kNumber:
    case SqlMark::kString:
      return ListOfLiterals(at, is_grouped);
    case SqlMark::kOpenString:
      return List::kLikely;
    case SqlMark::kWord:
      break;
    default:
      return List::kNone;
  }
  switch (first.word) {
    case SqlWord::kLiteral:
      return ListOfLiterals(at, is_grouped);
    case SqlWord::kSelect:
      return is_grouped && ListAt(at + 1) != List::kNone ? List::kCertain : List::kNone;
    case SqlWord::kCase:
      return IsWord(at + 1, SqlWord::kWhen) || IsWord(at + 2, SqlWord::kWhen) ? List::kCertain : List::kNone;
    default:
      if (IsCallAt(at)) return List::kCertain;
      // An unknown function with constants as arguments.
      if (IsMark(at + 1, SqlMark::kOpen) && IsLiteral(at + 2) && !IsMark(at + 3, SqlMark::kWord)) return List::kLikely;
      return ListOfNames(at);
  }
}

// A call of an SQL function with arguments.
bool SqlEvidence::IsCallAt(size_t at) {
  const SqlToken& name = At(at);
  if (name.mark != SqlMark::kWord || !IsMark(at + 1, SqlMark::kOpen)) return false;
  return name.word != SqlWord::kName && IsArgumentList(at + 1);
}

// 5, 'a' …; 5 from t; 5 where …; 'a'||…; (select 5)
SqlEvidence::List SqlEvidence::ListOfLiterals(size_t at, bool is_grouped) {
  const SqlToken& next = At(at + 1);
  switch (next.mark) {
    case SqlMark::kComma:
      if (IsLiteral(at + 2) || IsMark(at + 2, SqlMark::kOpen) || IsMark(at + 2, SqlMark::kVariable) || IsCallAt(at + 2)) {
        return List::kCertain;
      }
      return IsMark(at + 2, SqlMark::kWord) ? List::kLikely : List::kNone;
    case SqlMark::kArithmetic:
    case SqlMark::kLogical:
    case SqlMark::kCompare:
      if (next.first == '#') return List::kLikely;
      if (IsMark(at + 2, SqlMark::kOpen) || IsCallAt(at + 2)) return List::kCertain;
      return IsLiteral(at + 2) && MayFollowCondition(at + 3) ? List::kCertain : List::kNone;
    case SqlMark::kClose:
      return is_grouped ? List::kCertain : List::kLikely;
    case SqlMark::kEnd:
    case SqlMark::kComment:
    case SqlMark::kSemicolon:
      return List::kLikely;
    case SqlMark::kWord:
      if (next.word == SqlWord::kFrom) return IsSource(at + 2) ? List::kCertain : List::kNone;
      if (next.word == SqlWord::kUnion) return List::kCertain;
      return next.word == SqlWord::kWhere || next.word == SqlWord::kInto ? List::kLikely : List::kNone;
    default:
      return List::kNone;
  }
}

// a, b.c as d from t
SqlEvidence::List SqlEvidence::ListOfNames(size_t at) {
  bool has_comma = false;
  for (; at + 3 < kAheadMax; ++at) {
    const SqlToken& token = At(at);
    if (token.mark == SqlMark::kComma || token.mark == SqlMark::kDot || token.mark == SqlMark::kClose ||
        token.mark == SqlMark::kNumber) {
      has_comma |= token.mark == SqlMark::kComma;
      continue;
    }
    if (token.mark != SqlMark::kWord) return List::kNone;
    if (token.word == SqlWord::kFrom) return IsSource(at + 1) ? List::kLikely : List::kNone;
    const SqlToken& next = At(at + 1);
    // Names in a list are separated.
    const bool is_beside = next.mark == SqlMark::kWord && next.word == SqlWord::kName && token.word == SqlWord::kName;
    if (is_beside || token.word == SqlWord::kArticle) return List::kNone;
  }
  return has_comma ? List::kLikely : List::kNone;
}

// A table after "from": one name, then the end or what may follow a table.
bool SqlEvidence::IsSource(size_t at) {
  if (IsMark(at, SqlMark::kOpen)) return true;
  if (!IsMark(at, SqlMark::kWord) || IsWord(at, SqlWord::kArticle)) return false;
  const SqlToken& next = At(at + 1);
  switch (next.mark) {
    case SqlMark::kEnd:
    case SqlMark::kComment:
    case SqlMark::kClose:
    case SqlMark::kComma:
    case SqlMark::kSemicolon:
    case SqlMark::kDot:
    case SqlMark::kOpen:
    case SqlMark::kLogical:
    case SqlMark::kArithmetic:
      return true;
    case SqlMark::kWord:
      return next.word != SqlWord::kName || (IsMark(at + 2, SqlMark::kComma) || IsMark(at + 2, SqlMark::kClose));
    default:
      return false;
  }
}

// The arguments of a call, up to the end of the first: a value, then a comma, an operator or the end.
bool SqlEvidence::IsArgumentList(size_t open) {
  const size_t at = SkipOpens(open + 1);
  const bool is_signed = IsMark(at, SqlMark::kArithmetic);
  const size_t first = is_signed ? at + 1 : at;
  const SqlToken& token = At(first);
  if (token.mark == SqlMark::kArithmetic) return token.first == '*' || IsLiteral(first + 1);
  if (token.mark == SqlMark::kClose) return true;
  if (token.mark == SqlMark::kWord && token.word != SqlWord::kLiteral) {
    if (IsMark(first + 1, SqlMark::kOpen)) return true;
    if (token.word == SqlWord::kSelect) return ListAt(first + 1) != List::kNone;
    if (token.word == SqlWord::kCase || token.word == SqlWord::kAll) return true;
    const SqlMark next = At(first + 1).mark;
    // A list of only names is a list of parameters, and a name with a number is an ordinary call in code.
    if (next == SqlMark::kComma && IsMark(first + 2, SqlMark::kNumber)) return !IsMark(first + 3, SqlMark::kClose);
    if (next == SqlMark::kComma) return !IsMark(first + 2, SqlMark::kWord) || IsCallAt(first + 2);
    return next == SqlMark::kDot || next == SqlMark::kLogical || (next == SqlMark::kClose && at > open + 1);
  }
  if (token.mark == SqlMark::kVariable || token.mark == SqlMark::kOpenString) return true;
  if (!IsLiteral(first)) return false;
  const SqlToken& next = At(first + 1);
  if (next.mark == SqlMark::kOther) return false;
  return next.mark != SqlMark::kWord || next.word != SqlWord::kName || next.from == At(first).to;
}

}  // namespace weir
