// Phrases that are SQL in any position, because neither prose nor code in another language has them. The beginning of a value is
// judged by its shape; this reads the value to its end, whatever comes before.

#ifndef WEIR_ENGINE_DETECT_SQLI_EVIDENCE_H_
#define WEIR_ENGINE_DETECT_SQLI_EVIDENCE_H_

#include <array>
#include <string_view>

#include "sqli_tokens.h"

namespace weir {

class SqlEvidence {
 public:
  // `in_string`: the tokeniser is after the quote that ends the string in which the value began.
  SqlEvidence(SqlTokenizer& tokenizer, bool in_string) : tokenizer_(tokenizer), in_string_(in_string) {}

  // Reads on to the first phrase that is certainly SQL; false when there is none.
  bool Find();

 private:
  // Tokens that a phrase may look ahead.
  static constexpr size_t kAheadMax = 24;
  // Parentheses and names that a phrase may skip.
  static constexpr size_t kSkippedMax = 6;
  // How certain a list of columns is: not one; one if a query may begin here; one anywhere.
  enum class List : uint8_t { kNone, kLikely, kCertain };

  const SqlToken& At(size_t n);
  bool IsMark(size_t n, SqlMark mark) { return At(n).mark == mark; }
  bool IsWord(size_t n, SqlWord word) { return At(n).mark == SqlMark::kWord && At(n).word == word; }
  bool Reads(size_t n, std::string_view text) { return IsText(At(n), text); }
  bool IsText(const SqlToken& token, std::string_view text) const;
  std::string_view TextOf(const SqlToken& token) const;
  void Advance();

  bool IsEvidence();
  bool IsWordEvidence();
  bool IsSubquery();
  bool IsUnion();
  bool IsCondition();
  bool IsTautology();
  bool IsLongTautology(size_t at);
  bool IsOrder();
  bool IsCase();
  bool IsCall();
  bool IsCommonName();
  bool IsFlagOrDelay();
  bool IsStatement(size_t at);
  bool IsDefinition(size_t at);
  bool IsExecution(size_t at);

  bool IsLiteral(size_t at);
  bool IsComparison(size_t at);
  bool ComparesLiterals(size_t at) { return IsLiteral(at) && IsComparison(at + 1) && IsLiteral(at + 2); }
  bool IsSame(const SqlToken& a, const SqlToken& b) const;
  bool MayFollowCondition(size_t at);
  bool IsArgumentList(size_t open);
  bool IsCallAt(size_t at);
  size_t SkipOpens(size_t at);
  List ListAt(size_t at);
  List ListOfLiterals(size_t at, bool is_grouped);
  List ListOfNames(size_t at);
  bool IsSource(size_t at);
  bool IsQueryPlace(bool is_strict) const;

  SqlTokenizer& tokenizer_;
  bool in_string_;
  std::array<SqlToken, kAheadMax> ahead_;
  size_t first_ = 0;  // ring: index of token 0
  size_t count_ = 0;
  SqlToken before_;         // the token before token 0
  SqlToken before_before_;  // the one before that
  bool is_first_ = true;    // token 0 is the reading's first
};

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_SQLI_EVIDENCE_H_
