// Folding: words and phrases. A word that is also English counts as SQL only next to what SQL has next to it.

#include "sqli_fold.h"

namespace weir {

void SqlFolder::FoldWord(const SqlToken& token) {
  const bool has_open = Peek(0).mark == SqlMark::kOpen;
  switch (token.word) {
    case SqlWord::kLogical:
      return PushOperator('&');
    case SqlWord::kCompare:
      return IsProse(token) ? PushValue('n') : PushOperator('o');
    case SqlWord::kArithmetic:
      return PushOperator('a');
    case SqlWord::kLiteral:
      return PushValue('1');
    case SqlWord::kNot:
      return;
    case SqlWord::kFunction:
    case SqlWord::kDangerous:
      return has_open ? FoldCall(token) : PushValue('n');
    case SqlWord::kName:
      return has_open ? FoldCall(token) : PushValue('n');
    case SqlWord::kUnion:
      return FoldUnion();
    case SqlWord::kSelect: {
      const char letter = SelectLetter(false);
      if (letter == '\0') return PushValue('n');
      return Push(after_open_ ? 'S' : letter);
    }
    default:
      return FoldPhrase(token);
  }
}

// "1 is fine": a query has null, true or a value of its own after "is".
bool SqlFolder::IsProse(const SqlToken& comparison) {
  const bool is_is = comparison.to - comparison.from == 2 && (tokenizer_.value()[comparison.from + 1] | 0x20) == 's';
  return is_is && Peek(0).mark == SqlMark::kWord && Peek(0).word == SqlWord::kName && Peek(0).first != '`';
}

void SqlFolder::FoldPhrase(const SqlToken& token) {
  switch (token.word) {
    case SqlWord::kOrder:
      return TakeWord(SqlWord::kBy) ? Push('B') : PushValue('n');
    case SqlWord::kHaving:
      return Push('H');
    case SqlWord::kProcedure:
      return Peek(0).mark == SqlMark::kWord && Peek(1).mark == SqlMark::kOpen ? Push('I') : PushValue('n');
    case SqlWord::kInto:
      return TakeWord(SqlWord::kOutfile) ? Push('I') : PushValue('n');
    case SqlWord::kFrom:
      if (Peek(0).word == SqlWord::kArticle) return PushValue('n');
      return Has('E') || Has('e') ? Push('k') : PushValue('n');
    case SqlWord::kWhere:
      return Has('k') || Has('D') ? Push('w') : PushValue('n');
    case SqlWord::kValues:
      return Has('D') && Peek(0).mark == SqlMark::kOpen ? Push('w') : PushValue('n');
    case SqlWord::kWaitfor:
      return TakeWord(SqlWord::kDelay) ? Push('W') : PushValue('n');
    case SqlWord::kCase:
      return Peek(0).word == SqlWord::kWhen ? Push('f') : PushValue('n');
    default: {
      const char letter = StatementLetter(token);
      if (letter != '\0') return Push(letter);
      const bool is_call = Peek(0).mark == SqlMark::kOpen &&
                           (token.word == SqlWord::kObject || token.word == SqlWord::kInsert);
      return is_call ? FoldCall(token) : PushValue('n');
    }
  }
}

// union [all] ( … select: the parentheses are part of the phrase.
void SqlFolder::FoldUnion() {
  const bool has_all = TakeWord(SqlWord::kAll);
  while (Peek(0).mark == SqlMark::kOpen) Take();
  if (TakeWord(SqlWord::kSelect)) {
    const char letter = SelectLetter(true);
    if (letter != '\0' || has_all) return Push('U');
    return PushValue('n');
  }
  if (has_all) return Push('u');
  PushValue('n');
}

// How much the text after "select" looks like a list of columns: 'E' certainly, 'e' it may be prose, NUL it is prose.
char SqlFolder::SelectLetter(bool after_union) {
  while (TakeWord(SqlWord::kAll)) {
  }
  if (Peek(0).word == SqlWord::kTop && Peek(1).mark == SqlMark::kNumber) {
    Take();
    Take();
  }
  const SqlToken& first = Peek(0);
  const SqlToken& second = Peek(1);
  const bool ends = second.mark == SqlMark::kEnd || second.mark == SqlMark::kComment ||
                    second.mark == SqlMark::kClose || second.mark == SqlMark::kSemicolon;
  const bool goes_on = second.mark == SqlMark::kComma || second.mark == SqlMark::kDot || second.word == SqlWord::kFrom ||
                       second.mark == SqlMark::kArithmetic || second.mark == SqlMark::kLogical ||
                       second.mark == SqlMark::kCompare || second.word == SqlWord::kUnion ||
                       second.word == SqlWord::kInto || second.word == SqlWord::kWhere;
  switch (first.mark) {
    case SqlMark::kArithmetic:
    case SqlMark::kVariable:
    case SqlMark::kOpen:
      return 'E';
    case SqlMark::kNumber:
    case SqlMark::kString:
      // "(select 2)" as a whole value is a hint in a form.
      if (length_ == 0 && second.mark == SqlMark::kClose && Peek(2).mark == SqlMark::kEnd) return '\0';
      return ends || goes_on ? 'E' : '\0';
    case SqlMark::kOpenString:
      return 'E';
    case SqlMark::kWord:
      if (first.word == SqlWord::kLiteral) return ends || goes_on ? 'E' : '\0';
      if (second.mark == SqlMark::kOpen) return 'E';
      if (first.word == SqlWord::kCase) return 'E';
      if (second.mark == SqlMark::kComma || second.mark == SqlMark::kDot || second.word == SqlWord::kFrom) return 'e';
      return after_union && (second.mark == SqlMark::kComment || second.first == '`') ? 'e' : '\0';
    default:
      return '\0';
  }
}

// 'D' when the words that follow complete the statement.
char SqlFolder::StatementLetter(const SqlToken& token) {
  const SqlToken& next = Peek(0);
  switch (token.word) {
    case SqlWord::kInsert:
      return TakeWord(SqlWord::kInto) && Peek(0).word != SqlWord::kArticle ? 'D' : '\0';
    case SqlWord::kDelete:
      return TakeWord(SqlWord::kFrom) ? 'D' : '\0';
    case SqlWord::kDefine:
      // "create user stories, then": CREATE does not accept a list.
      if ((token.first | 0x20) == 'c' && Peek(2).mark == SqlMark::kComma) return '\0';
      return TakeWord(SqlWord::kObject) ? 'D' : '\0';
    case SqlWord::kUpdate:
      if (next.mark != SqlMark::kWord || next.word == SqlWord::kArticle) return '\0';
      if (Peek(1).word != SqlWord::kSet) return '\0';
      Take();
      Take();
      return 'D';
    case SqlWord::kDeclare:
      return next.mark == SqlMark::kVariable ? 'D' : '\0';
    case SqlWord::kExecute:
      if (next.word == SqlWord::kImmediate || next.word == SqlWord::kDangerous) return 'D';
      return next.mark == SqlMark::kWord && Peek(1).mark == SqlMark::kDot ? 'D' : '\0';
    case SqlWord::kShutdown:
      return Top() == ';' ? 'D' : '\0';
    default:
      return '\0';
  }
}

// sleep (8 hours), benchmark (2024), benchmark(name)
bool SqlFolder::HasProseArgument(const SqlToken& function) {
  const SqlToken& first = Peek(1);
  const SqlToken& second = Peek(2);
  if (first.mark == SqlMark::kNumber) {
    // BENCHMARK takes two arguments; no other dangerous function has a name of nine letters that begins with "b".
    const bool is_benchmark = (function.first | 0x20) == 'b' && function.to - function.from == 9;
    if (is_benchmark && second.mark == SqlMark::kClose) return true;
    return second.mark == SqlMark::kWord && second.word == SqlWord::kName && second.from > first.to;
  }
  const bool is_name = first.first < '0' || first.first > '9';  // "20.to_i" is not a name
  return is_name && first.mark == SqlMark::kWord && first.word == SqlWord::kName &&
         (second.mark == SqlMark::kClose || (second.mark == SqlMark::kWord && second.word == SqlWord::kName));
}

// A call is one letter; its arguments are searched only for what makes the call dangerous.
void SqlFolder::FoldCall(const SqlToken& token) {
  bool is_dangerous = token.word == SqlWord::kDangerous && !HasProseArgument(token);
  bool has_query = false;
  size_t depth = 0;
  do {
    const SqlToken inner = Take();
    if (inner.mark == SqlMark::kEnd) {
      has_ended_ = true;
      break;
    }
    if (inner.mark == SqlMark::kOpen) ++depth;
    if (inner.mark == SqlMark::kClose) --depth;
    if (inner.mark != SqlMark::kWord) continue;
    if (inner.word == SqlWord::kDangerous && Peek(0).mark == SqlMark::kOpen) is_dangerous = true;
    if (inner.word == SqlWord::kSelect && SelectLetter(false) != '\0') has_query = true;
  } while (depth > 0);
  const bool is_known = token.word != SqlWord::kName;
  if (is_known && (is_dangerous || has_query)) return PushValue('F');
  PushValue(is_known || has_query ? 'f' : 'n');
}

}  // namespace weir
