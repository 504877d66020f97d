// Folds tokens into a shape of at most seven letters: phrases become one letter, expressions the letter of their first value, calls
// one letter whatever their arguments. The rest distinguishes a query from prose.

#ifndef WEIR_ENGINE_DETECT_SQLI_FOLD_H_
#define WEIR_ENGINE_DETECT_SQLI_FOLD_H_

#include <array>
#include <string_view>

#include "sqli_tokens.h"

namespace weir {

// Letters of a shape:
//   1 number, null, true     s string, closed   q string, open at the end   v @variable    n name
//   f function call          F call of a function that injections call      & and or && || o comparison   a arithmetic
//   U union … select         u union all, no select                         E select, certainly SQL       e select of names
//   S subquery               k from (of a select)   w where, values(        B order by     H having
//   D statement that changes things   W waitfor delay   I into outfile      , ; .
//   c comment to the end     C the same with prose in it                    x anything else
//   z empty comment directly after a number (a calculated one, or a one-line comment)
inline constexpr size_t kShapeLettersMax = 7;

class SqlFolder {
 public:
  // How the value begins: as SQL; inside of a string that ends at the tokeniser's position (the string is the first letter); the
  // same with an empty string; the same where that end may also begin a quotation.
  enum class Start : uint8_t { kPlain, kString, kEmptyString, kQuotation };

  SqlFolder(SqlTokenizer& tokenizer, Start start);

  // Folds one more token. False at the end of the value, when the shape is full, or when it is prose.
  bool Step();

  std::string_view shape() const { return {letters_.data(), length_}; }
  bool has_ended() const { return has_ended_; }
  // Whether the last step changed the shape.
  bool has_changed() const { return has_changed_; }

 private:
  static constexpr size_t kAheadMax = 4;
  static constexpr unsigned kProseMax = 2;  // adjacent names that a query may still have

  const SqlToken& Peek(size_t n);
  SqlToken Take();
  bool TakeWord(SqlWord word);

  void FoldToken(const SqlToken& token);
  void FoldWord(const SqlToken& token);
  void FoldPhrase(const SqlToken& token);
  void FoldUnion();
  void FoldDefinition();
  void FoldCall(const SqlToken& token);
  char SelectLetter(bool after_union);
  char StatementLetter(const SqlToken& token);
  bool TakeCast(const SqlToken& token);
  char CommentLetter(const SqlToken& token) const;
  bool IsBare(const SqlToken& comment) const;
  bool IsSentence();
  bool IsMeasure(const SqlToken& number);
  bool IsProse(const SqlToken& comparison);
  bool HasProseArgument(const SqlToken& function);
  bool IsQuotedWord(const SqlToken& close) const;
  bool IsQuotedPath(const SqlToken& close) const;
  char OpenStringLetter(const SqlToken& token) const;
  void FoldArithmetic(const SqlToken& token);

  void PushValue(char letter);
  void PushOperator(char letter);
  void Push(char letter);
  char Top(size_t below = 0) const { return length_ > below ? letters_[length_ - 1 - below] : '\0'; }
  bool IsAtStart() const { return start_ != Start::kPlain && length_ == 1; }
  bool Has(char letter) const { return shape().find(letter) != std::string_view::npos; }

  SqlTokenizer& tokenizer_;
  std::array<SqlToken, kAheadMax> ahead_;
  size_t ahead_count_ = 0;
  std::array<char, kShapeLettersMax> letters_{};
  size_t length_ = 0;
  unsigned prose_ = 0;
  Start start_;
  bool after_open_ = false;   // the token before was a parenthesis that groups
  bool has_product_ = false;  // the first letter stands for a calculation
  uint32_t last_to_ = 0;      // end of the token before
  bool has_ended_ = false;
  bool has_changed_ = false;
};

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_SQLI_FOLD_H_
