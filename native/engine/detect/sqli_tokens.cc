// The tokeniser: reads each byte once, with no state but the position.

#include "sqli_tokens.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace weir {
namespace {

bool IsDigit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

constexpr std::array<bool, 256> kWordBytes = [] {
  std::array<bool, 256> is_word{};
  for (size_t byte = 0; byte < is_word.size(); ++byte) {
    const size_t folded = byte | 0x20;
    is_word[byte] = (folded >= 'a' && folded <= 'z' && byte < 0x80) || (byte >= '0' && byte <= '9') || byte == '_' ||
                    byte == '$' || byte >= 0x80;
  }
  return is_word;
}();

bool IsWordByte(uint8_t byte) { return kWordBytes[byte]; }

constexpr size_t kEscapedBytes = 6;  // %uHHHH

int HexValue(uint8_t byte) {
  if (IsDigit(byte)) return byte - '0';
  const uint8_t folded = byte | 0x20;
  return folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
}

// Letters outside ASCII: everything after U+00BF except punctuation and symbols (U+2000–U+2BFF), CJK punctuation (U+3000–U+303F)
// and the full-width forms of ASCII (U+FF00–U+FFEF), which some servers take for the ASCII they look like.
bool IsForeignLetter(uint32_t code) {
  if (code < 0xC0 || code == 0xD7 || code == 0xF7) return false;
  return code < 0x2000 || (code >= 0x2C00 && code < 0x3000) || (code >= 0x3040 && code < 0xFF00);
}

}  // namespace

SqlToken SqlTokenizer::Make(SqlMark mark, size_t from) const {
  SqlToken token;
  token.mark = mark;
  token.from = static_cast<uint32_t>(from);
  token.to = static_cast<uint32_t>(at_);
  token.first = PeekAt(from);
  return token;
}

bool SqlTokenizer::IsLineComment() const {
  if (value_[at_] == '#') return dialect_ == SqlDialect::kMysql;
  if (value_[at_] != '-' || PeekAt(at_ + 1) != '-') return false;
  return dialect_ == SqlDialect::kAnsi || at_ + 2 >= value_.size() || PeekAt(at_ + 2) <= 0x20;
}

// Bytes of white space at `at`, 0 when there is none: control characters and spaces, the no-break space in UTF-8 and (MySQL) in
// Latin-1, unless it is part of a UTF-8 sequence, and the backslash, which has no meaning outside of strings in any dialect.
size_t SqlTokenizer::SpaceAt(size_t at) const {
  const uint8_t byte = value_[at];
  if (byte <= 0x20 || byte == '\\') return 1;
  if (byte == 0xC2 && PeekAt(at + 1) == 0xA0) return 2;
  return byte == 0xA0 && (at == 0 || value_[at - 1] < 0x80) ? 1 : 0;
}

// Bytes of a letter as t:utf8toUnicode writes it, %uHHHH; 0 when there is none. If these were read as an operator and a name,
// "l'%u00e9t%u00e9 --" would be a calculation that ends in a comment.
size_t SqlTokenizer::EscapedLetterAt(size_t at) const {
  if (PeekAt(at) != '%' || PeekAt(at + 1) != 'u') return 0;
  uint32_t code = 0;
  for (size_t n = 2; n < kEscapedBytes; ++n) {
    const int digit = HexValue(PeekAt(at + n));
    if (digit < 0) return 0;
    code = code * 16 + static_cast<uint32_t>(digit);
  }
  return IsForeignLetter(code) ? kEscapedBytes : 0;
}

// Bytes of what MySQL skips: "1.e" in front of a parenthesis, and the delimiters of its ODBC escapes ({x 1}); the closing one only
// after an opening one.
size_t SqlTokenizer::NoiseAt(size_t at) const {
  if (value_[at] == '}' && open_escapes_ > 0) return 1;
  if (value_[at] == '{') {
    const size_t end = WordEnd(at + 1);
    return end > at + 1 && PeekAt(end) > 0 && PeekAt(end) <= ' ' ? end - at : 0;
  }
  if (!IsDigit(value_[at]) || (at > 0 && IsWordByte(value_[at - 1]))) return 0;
  size_t end = at;
  while (IsDigit(PeekAt(end))) ++end;
  if (PeekAt(end) != '.' || (PeekAt(end + 1) | 0x20) != 'e') return 0;
  return PeekAt(end + 2) == '(' ? end + 2 - at : 0;
}

size_t SqlTokenizer::WordEnd(size_t at) const {
  while (at < value_.size()) {
    const size_t escaped = EscapedLetterAt(at);
    if (escaped == 0 && (!IsWordByte(value_[at]) || (value_[at] >= 0x80 && SpaceAt(at) > 0))) break;
    at += std::max<size_t>(escaped, 1);
  }
  return at;
}

// Skips white space and comments that end. False at a comment that runs to the end of the value.
bool SqlTokenizer::SkipSpace() {
  while (at_ < value_.size()) {
    if (const size_t space = SpaceAt(at_); space > 0) {
      at_ += space;
      continue;
    }
    if (const size_t noise = NoiseAt(at_); noise > 0) {
      if (value_[at_] == '{') ++open_escapes_;
      if (value_[at_] == '}') --open_escapes_;
      at_ += noise;
      continue;
    }
    // MySQL executes the inside of /*!12345 … */, so only the delimiters are skipped.
    if (value_[at_] == '*' && PeekAt(at_ + 1) == '/') {
      at_ += 2;
      continue;
    }
    if (value_[at_] != '/' || PeekAt(at_ + 1) != '*') return true;
    if (PeekAt(at_ + 2) == '!') {
      at_ += 3;
      while (IsDigit(PeekAt(at_))) ++at_;
      continue;
    }
    size_t end = at_ + 2;
    while (end + 1 < value_.size() && !(value_[end] == '*' && value_[end + 1] == '/')) ++end;
    if (end + 1 >= value_.size()) return false;
    at_ = end + 2;
    if (first_comment_end_ == 0) first_comment_end_ = at_;
  }
  return true;
}

SqlToken SqlTokenizer::Next() {
  size_t from = at_;
  while (true) {
    const bool is_text = SkipSpace();
    from = at_;
    if (from == value_.size()) return Make(SqlMark::kEnd, from);
    if (is_text && !IsLineComment()) break;
    // A one-line comment ends with its line, and what follows is part of the query again.
    const void* const line_end = is_text ? std::memchr(value_.data() + from, '\n', value_.size() - from) : nullptr;
    if (line_end == nullptr) {
      at_ = value_.size();
      return Make(SqlMark::kComment, from);
    }
    at_ = static_cast<size_t>(static_cast<const uint8_t*>(line_end) - value_.data());
  }
  const uint8_t byte = value_[from];
  if (IsDigit(byte) || (byte == '.' && IsDigit(PeekAt(from + 1)))) return Number(from);
  if (IsWordByte(byte) || EscapedLetterAt(from) > 0) return Word(from);
  if (byte == '\'' || byte == '"' || byte == '`') return Quoted(from, byte);
  if (byte == '@') return Variable(from);
  return Operator(from);
}

SqlToken SqlTokenizer::Word(size_t from) {
  at_ = WordEnd(at_);
  // N'…' X'…' B'…' E'…' are strings with a prefix.
  const uint8_t next = PeekAt(at_);
  if (at_ == from + 1 && next == '\'' && std::strchr("nxbe", value_[from] | 0x20) != nullptr) return Quoted(at_, next);
  SqlToken token = Make(SqlMark::kWord, from);
  token.word = FindSqlWord(value_.subspan(from, at_ - from));
  return token;
}

SqlToken SqlTokenizer::Number(size_t from) {
  if (value_[from] == '0' && (PeekAt(from + 1) | 0x20) == 'x') {
    at_ = WordEnd(from + 2);
    return Make(SqlMark::kNumber, from);
  }
  while (IsDigit(PeekAt(at_)) || PeekAt(at_) == '.') ++at_;
  if ((PeekAt(at_) | 0x20) == 'e') {
    const size_t sign = PeekAt(at_ + 1) == '-' || PeekAt(at_ + 1) == '+' ? 1 : 0;
    if (IsDigit(PeekAt(at_ + 1 + sign))) {
      at_ += 1 + sign;
      while (IsDigit(PeekAt(at_))) ++at_;
    }
  }
  // "1or" is a number and a word to some databases; "5pm" and "3d41f" are not numbers to any.
  const size_t word_end = WordEnd(at_);
  if (word_end == at_) return Make(SqlMark::kNumber, from);
  const SqlWord word = FindSqlWord(value_.subspan(at_, word_end - at_));
  if (word != SqlWord::kName) return Make(SqlMark::kNumber, from);
  at_ = word_end;
  return Make(SqlMark::kWord, from);
}

SqlToken SqlTokenizer::Quoted(size_t from, uint8_t quote) {
  at_ = (value_[from] == quote ? from : at_) + 1;
  const bool is_closed = SkipQuoted(quote);
  if (quote == '`') return Make(SqlMark::kWord, from);
  return Make(is_closed ? SqlMark::kString : SqlMark::kOpenString, from);
}

bool SqlTokenizer::SkipQuoted(uint8_t quote) {
  size_t end = Find(quote, at_, value_.size());
  while (at_ < value_.size()) {
    const size_t escape = Find('\\', at_, end);
    if (escape < end) {
      at_ = std::min(escape + 2, value_.size());
      if (end < at_) end = Find(quote, at_, value_.size());
      continue;
    }
    at_ = std::min(end + 1, value_.size());
    if (end >= value_.size()) return false;
    if (PeekAt(at_) != quote) return true;
    // Doubled: a quote inside of the string.
    end = Find(quote, ++at_, value_.size());
  }
  return false;
}

size_t SqlTokenizer::Find(uint8_t byte, size_t from, size_t to) const {
  if (from >= to) return to;
  const void* const found = std::memchr(value_.data() + from, byte, to - from);
  return found == nullptr ? to : static_cast<size_t>(static_cast<const uint8_t*>(found) - value_.data());
}

SqlToken SqlTokenizer::Variable(size_t from) {
  while (PeekAt(at_) == '@') ++at_;
  at_ = WordEnd(at_);
  return Make(SqlMark::kVariable, from);
}

// Takes the rest of a JSON operator (? ?| ?& -> ->> #> #>>) when its operand follows, a string or an array; elsewhere these are
// question marks, arrows and comments.
bool SqlTokenizer::TakeJsonOperator(std::string_view rest) {
  const bool is_needed = rest == ">";
  size_t end = at_;
  while (end < at_ + 2 && rest.find(static_cast<char>(PeekAt(end))) != std::string_view::npos) ++end;
  if (is_needed && end == at_) return false;
  size_t operand = end;
  while (operand < value_.size() && value_[operand] <= ' ') ++operand;
  const uint8_t first = PeekAt(operand);
  const bool is_array = (first | 0x20) == 'a' && WordEnd(operand) == operand + 5 && PeekAt(operand + 5) == '[';
  // '?' is a literal in code, whose second quote does not begin a string.
  const bool is_string = first == '\'' && (end > at_ || IsWordByte(PeekAt(operand + 1)));
  if (!is_string && !is_array) return false;
  at_ = end;
  return true;
}

SqlToken SqlTokenizer::Operator(size_t from) {
  const uint8_t byte = value_[from];
  const uint8_t next = PeekAt(from + 1);
  ++at_;
  switch (byte) {
    case '(':
      return Make(SqlMark::kOpen, from);
    case ')':
      return Make(SqlMark::kClose, from);
    case ',':
      return Make(SqlMark::kComma, from);
    case ';':
      return Make(SqlMark::kSemicolon, from);
    case '.':
      return Make(SqlMark::kDot, from);
    case '=':
    case '<':
    case '>':
    case '!':
      while (PeekAt(at_) == '=' || PeekAt(at_) == '<' || PeekAt(at_) == '>') ++at_;
      if (byte == '!' && at_ == from + 1) return Make(SqlMark::kArithmetic, from);
      return Make(SqlMark::kCompare, from);
    case '&':
    case '|':
      if (next == byte) {
        ++at_;
        return Make(SqlMark::kLogical, from);
      }
      return Make(SqlMark::kArithmetic, from);
    case '?':
      return Make(TakeJsonOperator("|&") ? SqlMark::kCompare : SqlMark::kOther, from);
    case '-':
    case '#':
      TakeJsonOperator(">");
      return Make(SqlMark::kArithmetic, from);
    case '+':
    case '*':
    case '/':
    case '%':
    case '^':
    case '~':
      return Make(SqlMark::kArithmetic, from);
    case ':':
      if (next != '=') return Make(SqlMark::kOther, from);
      ++at_;
      return Make(SqlMark::kCompare, from);
    default:
      return Make(SqlMark::kOther, from);
  }
}

}  // namespace weir
