// Operand, operator, operand …: anything that no query has between them ends the reading. The criteria were tuned on 900 MB of
// documentation and source code, on the texts there from a number to the next full stop.

#include "sqli_condition.h"

#include <algorithm>

namespace weir {

const SqlToken& SqlCondition::Peek(size_t n) {
  while (ahead_count_ <= n) ahead_[ahead_count_++] = tokenizer_.Next();
  return ahead_[n];
}

SqlToken SqlCondition::Take() {
  const SqlToken token = Peek(0);
  --ahead_count_;
  for (size_t n = 0; n < ahead_count_; ++n) ahead_[n] = ahead_[n + 1];
  return token;
}

bool SqlCondition::TakeWord(SqlWord word) {
  if (!IsWord(0, word)) return false;
  Take();
  return true;
}

std::string_view SqlCondition::TextOf(const SqlToken& token) const {
  return {reinterpret_cast<const char*>(tokenizer_.value().data()) + token.from, token.to - token.from};
}

bool SqlCondition::Reads(const SqlToken& token, std::string_view text) const {
  if (token.mark != SqlMark::kWord) return false;
  const std::string_view word = TextOf(token);
  return std::equal(word.begin(), word.end(), text.begin(), text.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
  });
}

bool SqlCondition::Find() {
  while (ReadOperand()) {
    Step step = ReadOperator();
    while (step == Step::kPostfix) step = ReadOperator();
    if (step == Step::kEnd) return IsInjection();
    if (step == Step::kNoCondition) return false;
  }
  return false;
}

bool SqlCondition::ReadOperand() {
  const uint32_t prefixes = ReadPrefixes();
  const SqlToken token = Take();
  const Operand operand = ReadValue(token);
  if (operand == Operand::kNothing) return false;
  if (first_ == Operand::kNothing) {
    // Sentences begin with a name, and so does code.
    if (operand == Operand::kName) return false;
    first_ = operand;
    is_first_signed_ = (prefixes & kSigned) != 0;
  }
  // "2 or 3 having fun", "order by phone"
  if (operand == Operand::kName && in_clause_) return false;
  in_clause_ = false;
  has_name_ |= operand == Operand::kName;
  if (logical_count_ > 0) marks_ |= CountedPrefixes(prefixes, operand);
  if (logical_count_ > 0 || has_bits_) NoteEvaluated(operand);
  NoteComparison(token, operand);
  last_ = operand;
  last_token_ = token;
  attached_at_ = 0;
  return true;
}

uint32_t SqlCondition::ReadPrefixes() {
  uint32_t marks = 0;
  size_t opens = 0;
  for (size_t n = 0; n < kPrefixesMax; ++n) {
    const SqlToken& token = Peek(0);
    if (token.mark == SqlMark::kOpen) {
      ++depth_;
      if (++opens > 1) marks |= kNested;
      if (token.from == attached_at_) marks |= kAttached;
    } else if (IsWord(0, SqlWord::kNot)) {
      marks |= kNegated;
    } else if (token.mark == SqlMark::kArithmetic && (token.first == '!' || token.first == '~')) {
      marks |= kNegated;
    } else if (token.mark == SqlMark::kArithmetic && (token.first == '-' || token.first == '+')) {
      marks |= kSigned;
    } else if (Reads(token, "binary") || (token.first == '_' && Peek(1).mark == SqlMark::kString)) {
      marks |= kCast;
    } else {
      break;
    }
    Take();
  }
  return marks;
}

// Those marks before an operand that people do not write. They do write "-1 or -2", "returns 1 and -1", "not 'a'", "not me".
uint32_t SqlCondition::CountedPrefixes(uint32_t marks, Operand operand) const {
  if (operand == Operand::kName) return 0;
  const bool is_number = operand == Operand::kNumber;
  const bool after_number = first_ == Operand::kNumber;
  if (!after_number && !is_number) marks &= ~static_cast<uint32_t>(kNegated);
  if (first_ == Operand::kLiteral && !is_choice_) marks &= ~static_cast<uint32_t>(kNegated);
  if (!after_number || is_first_signed_ || !is_choice_) marks &= ~static_cast<uint32_t>(kSigned);
  return marks;
}

// Notes an operand that only the database can evaluate, next to a constant.
void SqlCondition::NoteEvaluated(Operand operand) {
  const bool is_evaluated = operand == Operand::kVariable || operand == Operand::kCall;
  const bool is_first = first_ == Operand::kVariable;
  if (is_evaluated != is_first && operand != Operand::kName && first_ != Operand::kCall) marks_ |= kEvaluated;
}

void SqlCondition::NoteComparison(const SqlToken& operand, Operand kind) {
  const bool is_constant = kind == Operand::kNumber || kind == Operand::kString;
  const bool is_compared = compared_.mark == operand.mark && is_constant;
  if (is_compared && TextOf(compared_) == TextOf(operand)) marks_ |= kTautology;
  compared_ = SqlToken();
}

SqlCondition::Operand SqlCondition::ReadValue(const SqlToken& token) {
  switch (token.mark) {
    case SqlMark::kNumber: {
      // 1.2.3 is a version.
      const std::string_view text = TextOf(token);
      return std::count(text.begin(), text.end(), '.') > 1 ? Operand::kNothing : Operand::kNumber;
    }
    case SqlMark::kString:
    case SqlMark::kOpenString:
      return Operand::kString;
    case SqlMark::kVariable:
      return ReadVariable(token);
    case SqlMark::kWord:
      return ReadWord(token);
    default:
      return Operand::kNothing;
  }
}

// @@version, @@global.version. A single @ is also used before people's names and counts as a name.
SqlCondition::Operand SqlCondition::ReadVariable(const SqlToken& token) {
  const bool is_server = TextOf(token).starts_with("@@");
  if (Peek(0).mark == SqlMark::kDot) {
    Take();
    const SqlToken name = Take();
    if (!is_server || name.mark != SqlMark::kWord) return Operand::kNothing;
  }
  if (!is_server) return Operand::kName;
  return Operand::kVariable;
}

SqlCondition::Operand SqlCondition::ReadWord(const SqlToken& token) {
  if (token.word == SqlWord::kLiteral) return Operand::kLiteral;
  const bool is_function = token.word == SqlWord::kFunction || token.word == SqlWord::kDangerous;
  const bool is_name = token.word == SqlWord::kName || token.word == SqlWord::kObject;
  if (!is_function && !is_name) return Operand::kNothing;
  if (Peek(0).mark == SqlMark::kOpen) return ReadCall(token);
  if (Peek(0).mark == SqlMark::kDot) {
    Take();
    if (Take().mark != SqlMark::kWord) return Operand::kNothing;
  }
  return Operand::kName;
}

// A call of an SQL function with only constants is a value; any other call counts as a name.
SqlCondition::Operand SqlCondition::ReadCall(const SqlToken& name) {
  bool is_constant = name.word != SqlWord::kName && name.word != SqlWord::kObject;
  size_t depth = 0;
  do {
    const SqlToken token = Take();
    if (token.mark == SqlMark::kEnd) return Operand::kNothing;
    if (token.mark == SqlMark::kOpen) ++depth;
    if (token.mark == SqlMark::kClose) --depth;
    is_constant &= token.mark != SqlMark::kWord || token.word != SqlWord::kName;
  } while (depth > 0);
  return is_constant ? Operand::kCall : Operand::kName;
}

SqlCondition::Step SqlCondition::ReadOperator() {
  const SqlToken token = Take();
  return token.mark == SqlMark::kWord ? ReadWordOperator(token) : ReadMark(token);
}

SqlCondition::Step SqlCondition::ReadMark(const SqlToken& token) {
  switch (token.mark) {
    case SqlMark::kEnd:
    case SqlMark::kComment:
    case SqlMark::kSemicolon:
      return ReadEnd(token);
    case SqlMark::kClose:
      depth_min_ = std::min(depth_min_, --depth_);
      return Step::kPostfix;
    case SqlMark::kLogical:
      return ReadLogical(token);
    case SqlMark::kComma:  // outside of parentheses it belongs to a sentence
      return depth_ > 0 ? Step::kOperator : Step::kNoCondition;
    case SqlMark::kCompare:
      has_comparison_ = true;
      if (TextOf(token) == "=") compared_ = last_token_;
      return Step::kOperator;
    case SqlMark::kArithmetic: {
      if (token.first == '!' || token.first == '#') return Step::kNoCondition;
      const bool is_percent = token.first == '%';
      has_bits_ |= token.first == '|' || token.first == '&' || token.first == '^';
      if (is_percent || token.first == '|') marks_ |= kCalculated;
      return is_percent && Peek(0).mark == SqlMark::kWord ? Step::kNoCondition : Step::kOperator;
    }
    case SqlMark::kOther: {
      const bool is_cast = token.first == ':' && Peek(0).first == ':' && Peek(1).mark == SqlMark::kWord;
      if (!is_cast || last_ == Operand::kName) return Step::kNoCondition;
      Take();
      Take();
      marks_ |= kCast;
      return Step::kPostfix;
    }
    default:
      return Step::kNoCondition;
  }
}

SqlCondition::Step SqlCondition::ReadWordOperator(const SqlToken& token) {
  switch (token.word) {
    case SqlWord::kLogical:
      if (is_range_ && Reads(token, "and")) {
        is_range_ = false;
        return Step::kOperator;
      }
      return ReadLogical(token);
    case SqlWord::kArithmetic:
      marks_ |= kCalculated;
      return Step::kOperator;
    case SqlWord::kNot:
      return IsWord(0, SqlWord::kCompare) ? Step::kPostfix : Step::kNoCondition;
    case SqlWord::kCompare:
      return ReadComparison(token);
    case SqlWord::kOrder:
    case SqlWord::kLimit:
    case SqlWord::kHaving:
    case SqlWord::kInto:
    case SqlWord::kProcedure:
      return ReadClause(token);
    default:
      return ReadPostfix(token);
  }
}

SqlCondition::Step SqlCondition::ReadLogical(const SqlToken& token) {
  ++logical_count_;
  is_choice_ = token.first != '&' && !Reads(token, "and");
  if (token.mark == SqlMark::kWord) attached_at_ = token.to;
  if (Reads(token, "xor")) marks_ |= kExclusive;
  return Step::kOperator;
}

// is [not] [unknown], sounds like, between
SqlCondition::Step SqlCondition::ReadComparison(const SqlToken& word) {
  has_comparison_ = true;
  is_range_ |= Reads(word, "between");
  if (Reads(word, "sounds")) return TakeWord(SqlWord::kCompare) ? Step::kOperator : Step::kNoCondition;
  if (!Reads(word, "is")) return Step::kOperator;
  TakeWord(SqlWord::kNot);
  if (!Reads(Peek(0), "unknown")) return Step::kOperator;
  Take();
  marks_ |= kTested;
  return Step::kPostfix;
}

// What follows the condition of a query: limit 1, group by 1, having 1, into outfile '…', procedure analyse()
SqlCondition::Step SqlCondition::ReadClause(const SqlToken& word) {
  if (logical_count_ == 0 || last_ == Operand::kName) return Step::kNoCondition;
  const SqlToken& next = Peek(0);
  bool is_clause = word.word == SqlWord::kHaving;
  if (word.word == SqlWord::kOrder) is_clause = TakeWord(SqlWord::kBy);
  if (word.word == SqlWord::kLimit) is_clause = next.mark == SqlMark::kNumber || next.mark == SqlMark::kVariable;
  if (word.word == SqlWord::kInto) is_clause = TakeWord(SqlWord::kOutfile);
  if (word.word == SqlWord::kProcedure) is_clause = Reads(next, "analyse");
  if (!is_clause) return Step::kNoCondition;
  marks_ |= kContinued;
  in_clause_ = true;
  return Step::kOperator;
}

// isnull, notnull, collate x, offset 1
SqlCondition::Step SqlCondition::ReadPostfix(const SqlToken& word) {
  if (last_ == Operand::kName) return Step::kNoCondition;
  if (Reads(word, "isnull") || Reads(word, "notnull")) {
    marks_ |= kTested;
    return Step::kPostfix;
  }
  if (Reads(word, "collate") && Peek(0).mark == SqlMark::kWord) {
    Take();
    marks_ |= kCast;
    return Step::kPostfix;
  }
  if (Reads(word, "offset") && Peek(0).mark == SqlMark::kNumber) {
    marks_ |= kContinued;
    return Step::kOperator;
  }
  return Step::kNoCondition;
}

SqlCondition::Step SqlCondition::ReadEnd(const SqlToken& token) {
  if (depth_min_ < 0 && depth_ == 0) marks_ |= kReopened;
  const SqlToken& end = token.mark == SqlMark::kSemicolon ? Peek(0) : token;
  if (end.mark == SqlMark::kComment && IsBare(end)) marks_ |= kCut;
  return end.mark == SqlMark::kEnd || end.mark == SqlMark::kComment ? Step::kEnd : Step::kNoCondition;
}

bool SqlCondition::IsBare(const SqlToken& comment) const {
  const std::string_view text = TextOf(comment);
  return std::all_of(text.begin(), text.end(), [](char byte) {
    const auto code = static_cast<uint8_t>(byte);
    return code <= ' ' || code == 0xA0 || std::string_view("-+#/*").find(byte) != std::string_view::npos;
  });
}

bool SqlCondition::HasComment() const {
  const auto value = tokenizer_.value();
  return std::string_view(reinterpret_cast<const char*>(value.data()), value.size()).find("/*") != std::string_view::npos;
}

bool SqlCondition::IsInjection() const {
  if (logical_count_ == 0) return (marks_ & DistinctiveMarks() & kEvaluated) != 0 && !has_name_;
  if ((marks_ & (kTautology | kContinued)) != 0) return true;
  if (has_name_) return first_ == Operand::kNumber && has_comparison_ && (marks_ & kReopened) != 0;
  const uint32_t telling = DistinctiveMarks();
  return (marks_ & telling) != 0 || ((telling & kCommented) != 0 && HasComment());
}

// In prose and code there is often much text between string literals.
uint32_t SqlCondition::DistinctiveMarks() const {
  constexpr uint32_t kAlways = kNegated | kNested | kCast | kTested;
  switch (first_) {
    case Operand::kNumber:
      return ~0U;
    case Operand::kString:
      return kAlways;
    default:
      return kAlways | kCommented | kCut | kEvaluated;
  }
}

}  // namespace weir
