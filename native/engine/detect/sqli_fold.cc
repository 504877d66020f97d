// Folding: values and operators. Phrases of words are in sqli_phrases.cc.

#include "sqli_fold.h"

#include <algorithm>

namespace weir {
namespace {

bool IsValue(char letter) { return letter != '\0' && std::string_view("1svnfF").find(letter) != std::string_view::npos; }

}  // namespace

SqlFolder::SqlFolder(SqlTokenizer& tokenizer, Start start) : tokenizer_(tokenizer), start_(start) {
  if (start != Start::kPlain) Push('s');
}

const SqlToken& SqlFolder::Peek(size_t n) {
  while (ahead_count_ <= n) ahead_[ahead_count_++] = tokenizer_.Next();
  return ahead_[n];
}

SqlToken SqlFolder::Take() {
  const SqlToken token = Peek(0);
  --ahead_count_;
  for (size_t n = 0; n < ahead_count_; ++n) ahead_[n] = ahead_[n + 1];
  return token;
}

bool SqlFolder::TakeWord(SqlWord word) {
  const SqlToken& next = Peek(0);
  if (next.mark != SqlMark::kWord || next.word != word) return false;
  Take();
  return true;
}

bool SqlFolder::Step() {
  if (length_ == kShapeLettersMax || prose_ > kProseMax) return false;
  const SqlToken token = Take();
  if (token.mark == SqlMark::kEnd) {
    has_ended_ = true;
    return false;
  }
  const bool groups = token.mark == SqlMark::kOpen;
  const size_t length = length_;
  const char top = Top();
  FoldToken(token);
  has_changed_ = length != length_ || top != Top();
  after_open_ = groups;
  last_to_ = token.to;
  return true;
}

void SqlFolder::FoldToken(const SqlToken& token) {
  switch (token.mark) {
    case SqlMark::kWord:
      return FoldWord(token);
    case SqlMark::kNumber:
      return IsSentence() || IsMeasure(token) ? Push('x') : PushValue('1');
    case SqlMark::kString:
      return PushValue('s');
    case SqlMark::kOpenString:
      return Push(OpenStringLetter(token));
    case SqlMark::kVariable:
      return PushValue('v');
    case SqlMark::kLogical:
      return PushOperator('&');
    case SqlMark::kCompare:
      return PushOperator('o');
    case SqlMark::kArithmetic:
      return FoldArithmetic(token);
    case SqlMark::kComma:
      return PushOperator(',');
    case SqlMark::kSemicolon:
      return PushOperator(';');
    case SqlMark::kDot:
      return Push('.');
    case SqlMark::kComment:
      return Push(CommentLetter(token));
    case SqlMark::kOther:
      if (!TakeCast(token)) Push('x');
      return;
    case SqlMark::kOpen:   // of a group; a call takes its own
    case SqlMark::kClose:  // ends a group, or breaks out of one
    case SqlMark::kEnd:
      return;
  }
}

// A PostgreSQL cast does not change what a value is: 'x'::jsonb, 1::int, version()::text.
bool SqlFolder::TakeCast(const SqlToken& token) {
  const char top = Top();
  const bool is_cast = token.first == ':' && token.from == last_to_ && Peek(0).first == ':' && Peek(0).from == token.to &&
                       Peek(1).mark == SqlMark::kWord && Peek(1).from == Peek(0).to;
  if (!is_cast || top == 'n' || !IsValue(top)) return false;
  Take();
  Take();
  return true;
}

// A sign before a value is part of it, and the star of "select *" is a value.
void SqlFolder::FoldArithmetic(const SqlToken& token) {
  const char top = Top();
  if (IsValue(top)) return PushOperator('a');
  if (token.first == '*' && (top == 'E' || top == 'U' || top == 'S')) return PushValue('1');
  const bool is_sign = token.first == '+' || token.first == '-' || token.first == '~' || token.first == '!';
  if (length_ > 0 || is_sign) return;
  Push('a');
}

void SqlFolder::PushValue(char letter) {
  char top = Top();
  // The string that the value began in is kept apart: what follows it is what was injected.
  const bool has_base = length_ >= 2 && !(start_ != Start::kPlain && length_ == 2) && IsValue(Top(1));
  const bool is_plain = letter != 'F';
  if (top == '.') {
    --length_;
    if (IsValue(Top())) return;
    top = Top();
  }
  if (is_plain && has_base && (top == 'a' || top == ',')) {
    has_product_ |= length_ == 2 && top == 'a' && letter == '1' && letters_[0] == '1';
    --length_;
    return;
  }
  const bool is_beside = IsValue(top) && !IsAtStart();
  if (is_beside && is_plain) {
    const bool is_name = letter == 'n' || top == 'n';
    if (!is_name) return;  // adjacent strings are one string
    ++prose_;
    letters_[length_ - 1] = 'n';
    return;
  }
  Push(letter);
}

void SqlFolder::PushOperator(char letter) {
  if (Top() == '.') --length_;
  if (Top() == letter && letter != 'a') return;
  Push(letter);
}

void SqlFolder::Push(char letter) {
  if (length_ < kShapeLettersMax) letters_[length_++] = letter;
}

// After "--" or "#" an attacker needs nothing, or one word; prose has a sentence there, and code its own closing quote.
char SqlFolder::CommentLetter(const SqlToken& token) const {
  const bool is_cut = length_ == 1 && Top() == '1' && (has_product_ || token.first == '-');
  if (is_cut && token.from == last_to_ && IsBare(token)) return 'z';
  const bool is_hash = token.first == '#';
  const size_t from = token.from + (is_hash ? 1 : 2);
  const bool may_be_literal = start_ == Start::kEmptyString && from < token.to && tokenizer_.value()[from] > ' ';
  size_t words = 0;
  size_t word_bytes = 0;
  for (size_t at = from; at < token.to; ++at) {
    const uint8_t byte = tokenizer_.value()[at];
    if (may_be_literal && (byte == '"' || byte == '\'')) return 'C';
    const bool in_word = byte > 0x20 && byte != '-' && byte != '+';
    if (in_word && word_bytes++ == 0) ++words;
    if (!in_word) word_bytes = 0;
    if (words > 1 && token.first != '/') return 'C';
  }
  const bool is_strict = is_hash || start_ == Start::kQuotation;
  return is_strict && words > 0 && token.first != '/' ? 'C' : 'c';
}

bool SqlFolder::IsBare(const SqlToken& comment) const {
  for (size_t at = comment.from + 2; at < comment.to; ++at) {
    const uint8_t byte = tokenizer_.value()[at];
    if (byte > 0x20 && byte != '-' && byte != '+') return false;
  }
  return true;
}

// A number that ends a question or an exclamation.
bool SqlFolder::IsSentence() {
  const SqlToken& next = Peek(0);
  return next.mark == SqlMark::kOther && next.first == '?' && Peek(1).mark == SqlMark::kEnd;
}

// 5' or 6: feet, or minutes. A query would continue, or compare the number with itself.
bool SqlFolder::IsMeasure(const SqlToken& number) {
  if (start_ != Start::kString || shape() != "s&" || Peek(0).mark != SqlMark::kEnd) return false;
  const auto value = tokenizer_.value();
  size_t digits = 0;
  while (digits < value.size() && value[digits] >= '0' && value[digits] <= '9') ++digits;
  if (digits == 0 || digits > 2 || value[digits] != '\'' || number.to - number.from > 2) return false;
  return !std::equal(value.begin(), value.begin() + digits, value.begin() + number.from, value.begin() + number.to);
}

// "like": one word between quotes, and nothing else. As the end of one string and the beginning of another it would compare two
// empty strings. The same holds for "/", the root of a path: nothing divided by nothing is null, which is never true.
bool SqlFolder::IsQuotedWord(const SqlToken& close) const {
  const auto value = tokenizer_.value();
  if (start_ != Start::kEmptyString || close.to != value.size() || close.to != close.from + 1) return false;
  if (value.size() == 3 && value[1] == '/') return true;
  return std::all_of(value.begin() + 1, value.end() - 1, [](uint8_t byte) {
    const uint8_t folded = byte | 0x20;
    return folded >= 'a' && folded <= 'z';
  });
}

// "/a-b/c/": a path between quotes, as in a link; the division by nothing at its end yields null. A digit followed by a letter may
// be an operand and a word that connects it.
bool SqlFolder::IsQuotedPath(const SqlToken& close) const {
  const auto value = tokenizer_.value();
  if (start_ != Start::kEmptyString || close.from < 2 || value[close.from] != value[0]) return false;
  const auto path = value.subspan(1, close.from - 1);
  if (path.front() != '/' || path.back() != '/') return false;
  bool is_number = false;
  for (size_t at = 0; at < path.size(); ++at) {
    const uint8_t byte = path[at];
    const uint8_t folded = byte | 0x20;
    const bool is_letter = (folded >= 'a' && folded <= 'z') || byte == '_';
    const bool is_digit = byte >= '0' && byte <= '9';
    if (is_letter && is_number) return false;
    if (byte == '-' && path[at - 1] == '-') return false;  // a comment
    if (!is_letter && !is_digit && byte != '/' && byte != '-' && byte != '.') return false;
    is_number = is_digit || (is_number && byte == '.');
  }
  return true;
}

// Where a string literal of code may have begun, code punctuation ends it. Where a quotation may have begun, a quote before a
// bracket, a comma or a space has just ended it.
char SqlFolder::OpenStringLetter(const SqlToken& token) const {
  if (IsQuotedWord(token) || IsQuotedPath(token)) return 'x';
  if (start_ == Start::kPlain || start_ == Start::kString || token.from + 1 >= token.to) return 'q';
  const uint8_t next = tokenizer_.value()[token.from + 1];
  if (start_ == Start::kEmptyString) {
    const bool ends_literal = std::string_view(",;:.?)]}").find(static_cast<char>(next)) != std::string_view::npos;
    return ends_literal ? 'x' : 'q';
  }
  const uint8_t folded = next | 0x20;
  const bool is_text = (folded >= 'a' && folded <= 'z') || (next >= '0' && next <= '9') || next == '%' || next >= 0x80;
  return is_text ? 'q' : 'x';
}

}  // namespace weir
