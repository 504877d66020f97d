// Each kind of phrase begins with a word or a mark, and something certain stands behind that. Words are taken wherever they
// stand, so a phrase inside of what one reading takes for a string counts, too.

#include "sqli_gate.h"

#include <array>
#include <string_view>

#include "sqli_words.h"

namespace weir {
namespace {

enum class Kind : uint8_t { kOther, kWord, kMark };

constexpr bool IsDigit(uint8_t byte) { return byte >= '0' && byte <= '9'; }
constexpr bool IsLetter(uint8_t byte) { return byte < 0x80 && (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }

bool IsIn(uint8_t byte, std::string_view bytes) { return bytes.find(static_cast<char>(byte)) != std::string_view::npos; }

constexpr std::array<Kind, 256> kKinds = [] {
  std::array<Kind, 256> kinds{};
  for (size_t n = 0; n < kinds.size(); ++n) {
    const auto byte = static_cast<uint8_t>(n);
    if (IsLetter(byte) || IsDigit(byte) || byte == '_' || byte == '$') kinds[n] = Kind::kWord;
  }
  for (const char mark : {';', ')', '&', '|'}) kinds[static_cast<size_t>(mark)] = Kind::kMark;
  return kinds;
}();

class Gate {
 public:
  explicit Gate(std::span<const uint8_t> value) : value_(value) {}

  bool Read() {
    size_t at = 0;
    while (at < value_.size()) {
      const Kind kind = kKinds[value_[at]];
      if (kind != Kind::kWord) {
        if (kind == Kind::kMark && IsMark(at)) return true;
        ++at;
        continue;
      }
      const size_t from = at;
      while (at < value_.size() && kKinds[value_[at]] == Kind::kWord) ++at;
      if (IsWord(from, at)) return true;
    }
    return false;
  }

 private:
  // The next byte that is neither blank nor one of `skipped`; 0 at the end.
  size_t Behind(size_t at, std::string_view skipped) const {
    while (at < value_.size() && (value_[at] <= ' ' || IsIn(value_[at], skipped))) ++at;
    return at;
  }
  uint8_t ByteAt(size_t at) const { return at < value_.size() ? value_[at] : 0; }

  // A byte that a comment or another white space may begin with.
  static bool IsBreak(uint8_t byte) {
    return byte >= 0x80 || byte == '/' || byte == '*' || byte == '\\' || byte == '-' || byte == '#';
  }

  SqlWord WordAt(size_t from) const {
    size_t to = from;
    while (to < value_.size() && kKinds[value_[to]] == Kind::kWord) ++to;
    return FindSqlWord(value_.subspan(from, to - from));
  }

  // Whether constants may be compared here, behind parentheses and "not".
  bool MayCompare(size_t at) const {
    size_t behind = Behind(at, "(!");
    if (behind >= value_.size()) return false;
    if (IsLetter(value_[behind])) {
      const SqlWord word = WordAt(behind);
      if (word == SqlWord::kNot || ByteAt(behind + 1) == '\'') return true;
      if (word != SqlWord::kLiteral) return false;
    } else if (!IsDigit(value_[behind]) && value_[behind] != '.') {
      return true;
    }
    const bool is_number = !IsLetter(value_[behind]);
    for (; behind < value_.size() && (kKinds[value_[behind]] == Kind::kWord || value_[behind] == '.'); ++behind) {
      if (is_number && IsLetter(value_[behind])) return true;  // "5like" is a number and a word
    }
    const uint8_t next = ByteAt(Behind(behind, ""));
    return IsIn(next, "=<>!lLrR") || IsBreak(next);
  }

  bool IsMark(size_t at) const {
    switch (value_[at]) {
      case ';': {
        const size_t behind = Behind(at + 1, "(");
        return IsBreak(ByteAt(behind)) || (IsLetter(ByteAt(behind)) && BeginsStatement(WordAt(behind)));
      }
      case ')':
        return IsTruthValue(at);
      default:
        return ByteAt(at + 1) == value_[at] && MayCompare(at + 2);
    }
  }

  static bool BeginsStatement(SqlWord word) {
    switch (word) {
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

  // 5)*6: the end of a comparison that is calculated with.
  bool IsTruthValue(size_t close) const {
    if (close == 0) return false;
    const uint8_t before = value_[close - 1];
    const bool ends_constant = !IsLetter(before) || IsIn(before, "eElL");
    const size_t behind = Behind(close + 1, "");
    if (!ends_constant || behind >= value_.size()) return false;
    const uint8_t next = value_[behind];
    return next >= 0x80 || IsIn(next, "+-*/%|&^~\\#");
  }

  bool IsWord(size_t from, size_t to) {
    // "1or" and "1e5or" are a number and a word.
    while (from < to && IsDigit(value_[from])) ++from;
    if (IsPhrase(from, to)) return true;
    if (from == to || (value_[from] | 0x20) != 'e' || !IsDigit(ByteAt(from + 1))) return false;
    ++from;
    while (from < to && IsDigit(value_[from])) ++from;
    return IsPhrase(from, to);
  }

  bool IsPhrase(size_t from, size_t to) {
    const SqlWord word = FindSqlWord(value_.subspan(from, to - from));
    if (word == SqlWord::kName) return false;
    const uint8_t next = ByteAt(Behind(to, ""));
    switch (word) {
      case SqlWord::kSelect:
      case SqlWord::kWaitfor:
        return true;
      case SqlWord::kCase:
        has_case_ = true;
        return false;
      case SqlWord::kWhen:
        return has_case_;
      case SqlWord::kLogical:
      case SqlWord::kWhere:
      case SqlWord::kHaving:
        return MayCompare(to);
      case SqlWord::kFunction:
        return next == '(' ? MayCompare(to) : IsBreak(next);
      case SqlWord::kDangerous:
        return next == '(' || next == '.' || IsBreak(next);
      case SqlWord::kOrder:
      case SqlWord::kCompare:
        return (next | 0x20) == 'b' || IsBreak(next);
      case SqlWord::kDeclare:
        return next == '@' || IsBreak(next);
      case SqlWord::kProcedure:
        return (next | 0x20) == 'a' || IsBreak(next);
      default:
        return false;
    }
  }

  std::span<const uint8_t> value_;
  bool has_case_ = false;
};

}  // namespace

bool MayHoldEvidence(std::span<const uint8_t> value) { return Gate(value).Read(); }

}  // namespace weir
