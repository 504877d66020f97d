// Each kind of phrase has a sign that is rare elsewhere: a comparison of constants, a parenthesis after the name of a function, a
// word such as "select". Checks the text on both sides of each such sign, regardless of the string that a reading may put it in.

#include "sqli_gate.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "sqli_anchors.h"
#include "sqli_words.h"

namespace weir {
namespace {

constexpr bool IsDigit(uint8_t byte) { return byte >= '0' && byte <= '9'; }
constexpr bool IsLetter(uint8_t byte) { return byte < 0x80 && (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }

constexpr std::array<bool, 256> kWordBytes = [] {
  std::array<bool, 256> is_word{};
  for (size_t n = 0; n < is_word.size(); ++n) {
    const auto byte = static_cast<uint8_t>(n);
    is_word[n] = IsLetter(byte) || IsDigit(byte) || byte == '_' || byte == '$' || byte >= 0x80;
  }
  return is_word;
}();

class Gate {
 public:
  explicit Gate(std::span<const uint8_t> value) : value_(value) {}

  bool Read() const {
    size_t at = NextSqlAnchor(value_, 0);
    while (at < value_.size()) {
      if (IsPhrase(at)) return true;
      at = NextSqlAnchor(value_, at + 1);
    }
    return false;
  }

 private:
  // Bytes of the longest word that is a sign: "boolean".
  static constexpr size_t kSignBytesMax = 7;

  // A word with its offsets; empty if there is none.
  struct Word {
    size_t from = 0;
    size_t to = 0;
    SqlWord kind = SqlWord::kName;
    bool follows_number = false;  // "1or", "1e5or": two tokens
  };

  uint8_t ByteAt(size_t at) const { return at < value_.size() ? value_[at] : 0; }
  uint8_t ByteBefore(size_t at) const { return at > 0 ? value_[at - 1] : 0; }

  // Whether the byte is part of a word; the no-break space, in UTF-8 or alone, is not.
  bool IsWordAt(size_t at) const {
    const uint8_t byte = ByteAt(at);
    if (byte == 0xC2) return ByteAt(at + 1) != 0xA0;
    if (byte == 0xA0) return ByteBefore(at) >= 0x80 && ByteBefore(at) != 0xC2;
    return at < value_.size() && kWordBytes[byte];
  }

  size_t WordStart(size_t at) const {
    while (at > 0 && IsWordAt(at - 1)) --at;
    return at;
  }

  size_t WordEnd(size_t at) const {
    while (IsWordAt(at)) ++at;
    return at;
  }

  // The offset after white space.
  size_t AfterSpaces(size_t at) const {
    while (at < value_.size() && (value_[at] <= ' ' || value_[at] == '\\')) ++at;
    return at;
  }

  // The end of what precedes white space.
  size_t BeforeSpaces(size_t at) const {
    while (at > 0 && (value_[at - 1] <= ' ' || value_[at - 1] == '\\')) --at;
    return at;
  }

  // Whether a comment or another kind of white space begins here, so that anything may follow.
  bool IsBreakAt(size_t at) const {
    const uint8_t byte = ByteAt(at);
    const uint8_t next = ByteAt(at + 1);
    if (byte == '/' || byte == '-') return next == (byte == '/' ? '*' : '-');
    return (byte == '*' && next == '/') || byte == 0xA0 || (byte == 0xC2 && next == 0xA0);
  }

  // The same to the left, where the white space up to `blanks_to` was skipped: a line end in it may have ended a comment. A letter
  // that t:utf8toUnicode has escaped also hides what is before it.
  bool IsBreakBefore(size_t at, size_t blanks_to) const {
    if (TextOf(at, blanks_to).find('\n') != std::string_view::npos && HasDashesBefore(at)) return true;
    const uint8_t last = ByteBefore(at);
    if (last == 0xA0 && !IsWordAt(at - 1)) return true;
    const size_t from = WordStart(at);
    const uint8_t before = ByteBefore(from);
    const uint8_t next_before = from > 1 ? value_[from - 2] : 0;
    if (before == '!' || before == '/') return next_before == '*';  // /*!50000 or */
    if (before == '*') return next_before == '/';
    return before == '%' && (ByteAt(from) | 0x20) == 'u';
  }

  // Whether the line up to `at` contains the beginning of a comment.
  bool HasDashesBefore(size_t at) const {
    for (; at > 1 && value_[at - 1] != '\n'; --at) {
      if (value_[at - 1] == '-' && value_[at - 2] == '-') return true;
    }
    return false;
  }

  std::string_view TextOf(size_t from, size_t to) const {
    return {reinterpret_cast<const char*>(value_.data()) + from, to - from};
  }

  SqlWord WordKind(size_t from, size_t to) const {
    return from < to ? FindSqlWord(value_.subspan(from, to - from)) : SqlWord::kName;
  }

  // The word in these bytes, after a number that may be attached to it.
  Word WordIn(size_t from, size_t to) const {
    Word word{from, to, SqlWord::kName, false};
    const auto is_found = [&] { return (word.kind = WordKind(word.from, to)) != SqlWord::kName; };
    while (word.from < to && IsDigit(value_[word.from])) ++word.from;
    word.follows_number = word.from > from;
    if (is_found() || (ByteAt(word.from) | 0x20) != 'e' || !IsDigit(ByteAt(word.from + 1))) return word;
    word.follows_number = true;
    for (++word.from; word.from < to && IsDigit(value_[word.from]);) ++word.from;
    is_found();
    return word;
  }

  // The word at an anchor. The anchor counts only if there is no letter before it: "1select" and "1e5select" are a number and a
  // word. Looks back no further than the digits, so that a long run of letters with many anchors costs no more than other text.
  Word WordFrom(size_t at) const {
    if ((value_[at] | 0x20) == 'l' && (ByteBefore(at) | 0x20) == 'r') --at;  // rlike
    size_t from = DigitsStart(at);
    if (from < at && (ByteBefore(from) | 0x20) == 'e') from = DigitsStart(from - 1);
    size_t to = at;
    while (to < value_.size() && to - at <= kSignBytesMax && IsWordAt(to)) ++to;
    const bool is_word = (from == 0 || !IsWordAt(from - 1)) && to - at <= kSignBytesMax;
    return {at, to, is_word ? WordKind(at, to) : SqlWord::kName, from < at};
  }

  size_t DigitsStart(size_t at) const {
    while (at > 0 && IsDigit(value_[at - 1])) --at;
    return at;
  }

  Word WordBefore(size_t at) const { return WordIn(WordStart(at), at); }
  bool Reads(const Word& word, std::string_view text) const {
    return std::equal(value_.begin() + static_cast<ptrdiff_t>(word.from), value_.begin() + static_cast<ptrdiff_t>(word.to),
                      text.begin(), text.end(), [](uint8_t byte, char letter) { return (byte | 0x20) == letter; });
  }

  bool IsPhrase(size_t at) const {
    switch (value_[at]) {
      case '(':
        return IsCall(at);
      case '@':
        return HasLeft(at, [](const Word& word) { return word.kind == SqlWord::kDeclare; });
      case ';':
        return IsStatement(at);
      case '<':
      case '=':
      case '>':
        return IsComparison(at);
      default:
        return IsWordPhrase(WordFrom(at));
    }
  }

  // Whether the word before `at` passes the test, or a comment there may hide one that does.
  template <typename Test>
  bool HasLeft(size_t at, Test test) const {
    const size_t end = BeforeSpaces(at);
    return IsBreakBefore(end, at) || test(WordBefore(end));
  }

  bool IsWordPhrase(const Word& word) const {
    switch (word.kind) {
      case SqlWord::kSelect:
        return IsSelect(word);
      case SqlWord::kWaitfor:
        return true;
      case SqlWord::kWhen:
        if ((word.follows_number || MayEndLiteral(word.from)) && MayBeginLiteral(word.to)) return true;
        return HasLeft(word.from, [](const Word& left) { return left.kind == SqlWord::kCase; });
      case SqlWord::kCompare:
        return (word.follows_number || MayEndLiteral(word.from)) && MayBeginLiteral(word.to);
      case SqlWord::kBy:
        return MayBeginLiteral(word.to) && HasLeft(word.from, [](const Word& left) { return left.kind == SqlWord::kOrder; });
      default:
        return Reads(word, "boolean") &&
               HasLeft(word.from, [this](const Word& left) { return Reads(left, "in"); });
    }
  }

  // A query begins the value or the rest of a string, or is in parentheses, after a union, or a statement by itself.
  bool IsSelect(const Word& word) const {
    if (word.follows_number) return true;
    const size_t end = BeforeSpaces(word.from);
    if (end == 0 || IsBreakBefore(end, word.from)) return true;
    const uint8_t before = value_[end - 1];
    if (std::string_view("(;'\"`").find(static_cast<char>(before)) != std::string_view::npos) return true;
    const SqlWord left = WordBefore(end).kind;
    return left == SqlWord::kUnion || left == SqlWord::kAll;
  }

  // A call of a function that only injections call: sleep(, dbms_x.y(, procedure analyse(
  bool IsCall(size_t open) const {
    const size_t end = BeforeSpaces(open);
    if (IsBreakBefore(end, open)) return true;
    const Word name = WordBefore(end);
    if (name.kind == SqlWord::kDangerous || Reads(name, "analyse")) return true;
    const size_t from = WordStart(end);
    if (from == end) return false;
    const size_t dot = BeforeSpaces(from);
    if (IsBreakBefore(dot, from)) return true;
    if (ByteBefore(dot) != '.' || std::all_of(value_.begin() + from, value_.begin() + end, IsDigit)) return false;
    // "5.name" is one word that may have a package before it.
    return IsDigit(ByteAt(WordStart(dot - 1))) ||
           HasLeft(dot - 1, [](const Word& word) { return word.kind == SqlWord::kDangerous; });
  }

  // Constants on both sides: 5=5, 'a'<>'b'.
  bool IsComparison(size_t at) const {
    const auto is_sign = [](uint8_t byte) { return byte >= '<' && byte <= '>'; };
    size_t from = at;
    while (ByteBefore(from) == '!') --from;
    // A sign of several bytes is looked at once.
    if (is_sign(ByteBefore(from))) return false;
    size_t to = at;
    while (is_sign(ByteAt(to)) || ByteAt(to) == '!') ++to;
    return MayEndLiteral(from) && MayBeginLiteral(to);
  }

  // Whether a number, a string or one of null, true and false may end before `at`.
  bool MayEndLiteral(size_t at) const {
    const size_t end = BeforeSpaces(at);
    if (end == 0) return false;
    if (IsBreakBefore(end, at)) return true;
    const uint8_t last = value_[end - 1];
    if (last == '\'' || last == '"') return true;
    if (last == '.') return IsNumberBefore(end);
    const size_t from = WordStart(end);
    return from < end && (IsDigit(value_[from]) || WordKind(from, end) == SqlWord::kLiteral);
  }

  // 5. and 5..
  bool IsNumberBefore(size_t at) const {
    while (ByteBefore(at) == '.') --at;
    return IsDigit(ByteBefore(at));
  }

  // Whether a literal may begin after `at`.
  bool MayBeginLiteral(size_t at) const {
    const size_t from = AfterSpaces(at);
    const uint8_t first = ByteAt(from);
    if (IsDigit(first) || first == '\'' || first == '"' || first == '.' || IsBreakAt(from)) return true;
    if (!IsLetter(first)) return false;
    if (ByteAt(from + 1) == '\'') return true;  // n'…', x'…'
    return WordKind(from, WordEnd(from)) == SqlWord::kLiteral;
  }

  bool IsStatement(size_t semicolon) const {
    size_t from = AfterSpaces(semicolon + 1);
    while (ByteAt(from) == '(') from = AfterSpaces(from + 1);
    if (IsBreakAt(from)) return true;
    switch (WordKind(from, WordEnd(from))) {
      case SqlWord::kSelect:
      case SqlWord::kInsert:
      case SqlWord::kUpdate:
      case SqlWord::kDelete:
      case SqlWord::kDefine:
      case SqlWord::kExecute:
      case SqlWord::kShutdown:
      case SqlWord::kDangerous:
      case SqlWord::kCall:
      case SqlWord::kSet:
      case SqlWord::kBegin:
        return true;
      default:
        return false;
    }
  }

  std::span<const uint8_t> value_;
};

}  // namespace

bool MayHoldEvidence(std::span<const uint8_t> value) { return Gate(value).Read(); }

}  // namespace weir
